/** Reads a whole data file as the tests compare it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { openFile } from '../../lib/base/file-source.ts';
import type { OpenSource } from '../../lib/base/source.ts';
import { LabelCodes } from '../../lib/data/labels.ts';
import { throwProblems } from '../../lib/data/problems.ts';
import { collect } from '../../lib/data/samples/collection.ts';
import { openSamples } from '../../lib/data/samples/opening.ts';
import type { FileOptions } from '../../lib/data/samples/sample-file.ts';
import type { DataSource } from '../../lib/runspec/files.ts';

export function fixture(name: string): string {
  return fileURLToPath(new URL(`files/${name}`, import.meta.url));
}

export interface Whole {
  readonly rows: number[][];
  readonly labels: string[];
  readonly names: readonly string[] | null;
  readonly image: readonly number[] | null;
}

/** All samples of a source, in their order. */
export async function readWhole(
  source: DataSource,
  options: FileOptions = {},
  open: OpenSource = openFile,
): Promise<Whole> {
  const file = await openSamples(source, 'train', open, options);
  const problems = file.problems();
  const codes = new LabelCodes(file.label.where);
  const { blocks, codes: labels, features } = await collect(file, codes, problems);
  throwProblems([problems]);
  const classes = codes.classes();
  const rows = blocks.flatMap((block) =>
    Array.from({ length: block.length / features }, (_, row) => [
      ...block.subarray(row * features, (row + 1) * features),
    ]),
  );
  return {
    rows,
    labels: Array.from(labels, (code) => classes.names[classes.code(codes.texts[code] ?? '')] ?? '?'),
    names: file.featureNames ?? null,
    image: file.image ?? null,
  };
}

const source = z.union([z.string(), z.object({ x: z.string(), y: z.string() })]);
const expectedSchema = z.object({
  features: z.array(z.array(z.array(z.number()))),
  cases: z.array(
    z.object({
      source,
      task: z.object({
        label: z.union([z.string(), z.number()]).optional(),
        ignore: z.array(z.string()).optional(),
        image: z.tuple([z.number(), z.number(), z.number()]).optional(),
      }),
      x: z.int(),
      labels: z.array(z.string()),
      names: z.array(z.string()).nullable(),
      image: z.array(z.number()).nullable(),
    }),
  ),
});

/** What stands in the files of other libraries. */
export function expectedFiles(): { name: string; source: DataSource; options: FileOptions; whole: Whole }[] {
  const { features, cases } = expectedSchema.parse(
    JSON.parse(readFileSync(fixture('expected.json'), 'utf8')),
  );
  return cases.map(({ source, task, x, labels, names, image }) => ({
    name: typeof source === 'string' ? source : `${source.x} and ${source.y}`,
    source: typeof source === 'string' ? fixture(source) : { x: fixture(source.x), y: fixture(source.y) },
    options: task,
    whole: { rows: features[x] ?? [], labels, names, image },
  }));
}
