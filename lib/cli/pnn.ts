/** `tombola pnn`: a probabilistic neural network in one pass over the data of a spec, and what is left when classes come and go. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { csvText } from '../base/csv.ts';
import { UserError } from '../base/errors.ts';
import { unusableFile } from '../base/file-errors.ts';
import { makeFolder } from '../base/folders.ts';
import { counted, decimals, percent, whole } from '../base/format.ts';
import { sourceOpener } from '../places/sources.ts';
import { renderClassesPage } from '../report/class-phases-page.ts';
import { learnInOnePass } from '../runs/class-phases.ts';
import { resolveSpec } from '../runs/spec-resolution.ts';
import type { AskedSpec } from '../runspec/schema.ts';
import { titleOf } from './input.ts';
import { print, printJson } from './output.ts';
import { shown } from './paths.ts';
import { plainTable } from './result.ts';

interface PnnOptions {
  readonly out: string;
  readonly json: boolean;
}

const WAYS = ['added', 'unlearned', 'alone'] as const;

/** Throws InvalidSpec, and UserError where the folder cannot be written. */
export async function printPnn(asked: AskedSpec, { out, json }: PnnOptions): Promise<void> {
  const { spec, dataset } = await resolveSpec(asked, sourceOpener());
  const { model, phases, ...facts } = await learnInOnePass(dataset, spec.seed, () => performance.now());
  const folder = resolve(out);
  const table = csvText(
    ['classes', ...WAYS.flatMap((way) => [`${way}Accuracy`, `${way}Centers`])],
    phases.map((phase) => [
      phase.classes,
      ...WAYS.flatMap((way) => [phase[way].accuracy, phase[way].centers]),
    ]),
  );
  const files = {
    'pnn.onnx': model,
    'classes.csv': table,
    'classes.html': await renderClassesPage(titleOf(spec), facts, phases),
  };
  try {
    makeFolder(folder);
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  } catch (cause) {
    throw new UserError(`--out: ${unusableFile(shown(folder), cause, 'writing')}`, { cause });
  }
  if (json) {
    printJson({ out: folder, ...facts, phases });
    return;
  }
  const rows = phases.map(({ classes, ...ways }) => [
    whole(classes),
    ...WAYS.map((way) => `${percent(ways[way].accuracy)}  ${counted(ways[way].centers, 'centre')}`),
  ]);
  print(
    `${plainTable([
      ['train accuracy', percent(facts.trainAccuracy)],
      ['test accuracy', percent(facts.testAccuracy)],
      ['centres', whole(facts.centers)],
      ['pass', `${decimals(facts.seconds, 2)} s`],
    ])}\n\n${plainTable([['classes', 'added one by one', 'the others unlearned', 'without the others'], ...rows])}\n\n${shown(join(folder, 'classes.html'))}\n`,
  );
}
