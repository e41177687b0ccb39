/** annealing: simulated annealing over single flips (Kirkpatrick et al. 1983), by incremental evaluation. */
import { z } from 'zod';
import { FLIP_FIELDS } from './parts/flip-fields.ts';
import { byImproving } from './parts/flips.ts';
import type { SearchSpec } from './parts/sections.ts';

const annealingSchema = z.strictObject({
  ...FLIP_FIELDS,
  heat: z.number().min(0).max(1_000).default(1).meta({
    description:
      'Temperature at the start, as a multiple of the typical change of the objective by a flip; it falls to 0',
  }),
});

interface AnnealingSpec extends SearchSpec {
  readonly annealing: z.output<typeof annealingSchema>;
}

export const annealing = byImproving({
  summary: 'simulated annealing, flip by flip: the best and sparsest masks in the least time',
  section: { key: 'annealing', schema: annealingSchema },
  sectionOf: ({ annealing }: AnnealingSpec) => annealing,
  method: ({ annealing: { heat } }) => ({ method: 'annealing', heat }),
});
