/** local-search: takes every flip that improves the mask, and leaves local optima by kicks of random size. */
import { z } from 'zod';
import { FLIP_FIELDS } from './parts/flip-fields.ts';
import { byImproving } from './parts/flips.ts';
import type { SearchSpec } from './parts/sections.ts';

/** How large the kicks are. */
export const KICK_TAIL = z.number().min(0).max(10).default(1.5).meta({
  description: 'Kicks flip k random bits, with probabilities that fall as k to the power of −tail',
});

const localSearchSchema = z.strictObject({
  ...FLIP_FIELDS,
  tail: KICK_TAIL,
});

interface LocalSearchSpec extends SearchSpec {
  readonly localSearch: z.output<typeof localSearchSchema>;
}

export const localSearch = byImproving({
  summary: 'takes every flip that improves the mask, and leaves local optima by kicks',
  section: { key: 'localSearch', schema: localSearchSchema },
  sectionOf: ({ localSearch }: LocalSearchSpec) => localSearch,
  method: ({ localSearch: { tail } }) => ({ method: 'first-improvement', tail }),
});
