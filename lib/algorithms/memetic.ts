/** memetic: local searches from a few masks, which recombine between rounds (Moscato 1989, Caltech report 826). */
import { z } from 'zod';
import { FLIP_FIELDS, KICK_FIELDS } from './parts/flip-fields.ts';
import { byImproving } from './parts/flips.ts';
import type { SearchSpec } from './parts/sections.ts';

const memeticSchema = z.strictObject({
  ...FLIP_FIELDS,
  starts: z.int().min(2).max(10_000).default(8).meta({
    description: 'Masks that are improved and recombine; the best of search.population random ones',
  }),
  ...KICK_FIELDS,
  rounds: z.int().min(1).max(1_000).default(10).meta({
    description:
      'Equal shares of the flips; after each but the last the worse half of the masks gives way to children of the better half',
  }),
});

interface MemeticSpec extends SearchSpec {
  readonly memetic: z.output<typeof memeticSchema>;
}

export const memetic = byImproving({
  summary: 'local searches from a few masks, which recombine from time to time',
  section: { key: 'memetic', schema: memeticSchema },
  sectionOf: ({ memetic }: MemeticSpec) => memetic,
  method: ({ memetic: { tail } }) => ({ method: 'first-improvement', tail }),
  rounds: ({ memetic: { rounds } }) => rounds,
});
