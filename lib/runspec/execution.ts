/** The settings of an execution: how the work is spread and what is kept on the way. They change no result. */
import { z } from 'zod';

const evaluationSchema = z.strictObject({
  fanOut: z.enum(['auto', 'inline', 'distributed']).default('auto').meta({
    description:
      'inline: up to 40 chunks at a time, fast to start; distributed: thousands; auto: by chunk count',
  }),
  maxConcurrency: z
    .int()
    .min(1)
    .max(1_000)
    .default(40)
    .meta({ description: 'Largest number of chunks at a time' }),
  minChunkSeconds: z.number().min(0).max(600).default(1).meta({
    description: 'A chunk is given at least this much estimated work',
  }),
  leapSeconds: z.number().min(0).max(600).default(60).meta({
    description:
      'Seconds that one invocation may spend on several generations of less than a second each; 0: one generation per invocation',
  }),
  // Retries are events, too, and nothing tells a step how many there were: the other 15,000 are for more than three of each chunk.
  maxEvents: z.int().min(100).max(24_000).default(10_000).meta({
    description:
      'History events, without retries, after which a new execution continues the run; Step Functions ends one at 25,000',
  }),
});

/** Their keys of the run spec. */
export const executionSettings = {
  evaluation: evaluationSchema.prefault({}),
  keepGenerations: z.boolean().default(false).meta({
    description: 'Keep the masks and scores of every generation, not only what a resume needs',
  }),
};

/** The same, complete. */
export type ExecutionSettings = {
  readonly [Key in keyof typeof executionSettings]: z.output<(typeof executionSettings)[Key]>;
};
