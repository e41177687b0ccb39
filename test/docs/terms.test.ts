/** Terms: the glossary and the spec's page name what the code names, and nothing has a second name. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { PATHS } from '../../lib/evaluation/evaluator-choice.ts';
import { specJsonSchema } from '../../lib/runspec/parser.ts';
import { OBJECTIVES, ORIGINS } from '../../lib/search/individual.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

test.each([...ORIGINS, ...OBJECTIVES, ...PATHS])('the glossary has %s', (term) => {
  expect(read('docs/reference/glossary.md')).toContain(`\`${term}\``);
});

const nodeSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});

/** Sections and their keys in a JSON Schema; alternatives together. */
function keysOf(schema: unknown): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  const { data: node } = nodeSchema.safeParse(schema);
  for (const [key, child] of Object.entries(node?.properties ?? {})) {
    found.set(key, [...(found.get(key) ?? []), child]);
  }
  for (const alternative of [...(node?.anyOf ?? []), ...(node?.oneOf ?? [])]) {
    for (const [key, children] of keysOf(alternative))
      found.set(key, [...(found.get(key) ?? []), ...children]);
  }
  return found;
}

const KEYS = [...keysOf(specJsonSchema())].flatMap(([section, schemas]) => {
  const inner = [...new Set(schemas.flatMap((schema) => [...keysOf(schema).keys()]))];
  return inner.length === 0 ? [[section, section] as const] : inner.map((key) => [section, key] as const);
});

test('the spec has keys', () => {
  expect(KEYS).toContainEqual(['search', 'population']);
});

test("the spec's page describes every key", () => {
  const rows = read('docs/reference/spec.md')
    .split('\n')
    .filter((row) => row.startsWith('|'));
  const missing = KEYS.filter(([section, key]) => {
    const starts = section === key ? [key] : [`${section}.${key}`, `.${key}`];
    const names = starts.flatMap((start) => [`\`${start}\``, `\`${start}.`]);
    return !rows.some((row) => names.some((name) => row.includes(name)));
  });
  expect(missing).toEqual([]);
});

/** Words that the glossary has another term for. */
const SECOND_NAMES =
  /\b(neurons?|chromosomes?|hyperparameters?|subnets?|weigh(s|ed|ing)? (the |a )?masks?)\b/i;

test('docs and code use the terms of the glossary', () => {
  // The style page quotes what not to write.
  const files = globSync(['README.md', 'docs/**/*.md', 'lib/**/*.ts'], { cwd: ROOT });
  const lines = files
    .filter((file) => file !== 'docs/reference/style.md')
    .flatMap((file) =>
      read(file)
        .split('\n')
        .map((line) => `${file}: ${line}`),
    );
  expect(lines.filter((line) => SECOND_NAMES.test(line))).toEqual([]);
});
