/** local-search: takes every flip that improves the mask, and leaves local optima by kicks of random size. */
import { z } from 'zod';
import { FLIP_FIELDS, KICK_FIELDS } from './parts/flip-fields.ts';
import { byImproving } from './parts/flips.ts';
import type { SearchSpec } from './parts/sections.ts';

const localSearchSchema = z.strictObject({
  ...FLIP_FIELDS,
  ...KICK_FIELDS,
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
