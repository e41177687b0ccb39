/** `tombola extract`: one class of a ticket against the rest, or each, as a classifier of its own. */
import { resolve } from 'node:path';
import { csvText } from '../base/csv.ts';
import { defined } from '../base/defined.ts';
import { UserError } from '../base/errors.ts';
import { percent, whole } from '../base/format.ts';
import { PARTS } from '../data/dataset.ts';
import { sourceOpener } from '../places/sources.ts';
import {
  type ClassFigures,
  type ExtractionGround,
  type ExtractionSettings,
  extractClass,
  openExtraction,
} from '../runs/extraction.ts';
import { nearest } from '../runspec/parser.ts';
import { countOnes } from '../search/genome.ts';
import * as keys from '../store/keys.ts';
import { type GroupedClassifier, groupsTable } from './extract-groups.ts';
import { openRuns } from './given-runs.ts';
import { print, printJson, tell } from './output.ts';
import { pathOfUri, shown } from './paths.ts';
import { createCounter } from './progress.ts';
import { plainTable } from './result.ts';
import { refuseArtifact, writeResult } from './text-file.ts';

export interface ExtractOptions extends ExtractionSettings {
  readonly class?: string;
  readonly all: boolean;
  readonly cells?: string;
  /** Of a single class: its file. */
  readonly out?: string;
  /** A row per run and class. */
  readonly csv?: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

interface Row extends ClassFigures {
  readonly run: string;
  readonly group?: string;
  readonly ticketWeights: number;
  readonly file: string;
}

/** Writes the classifiers to where the runs are, here or in S3, or to --out. */
export async function extract(folders: readonly string[], options: ExtractOptions): Promise<void> {
  if ((options.class === undefined) === !options.all)
    throw new UserError(
      options.all
        ? '--all: is every class; leave --class out'
        : 'which class? give --class NAME, or --all for a classifier of each',
    );
  const { runs, leftOut } = await openRuns(folders, options.cells);
  if (leftOut !== undefined && !options.quiet) tell(`${leftOut}\n`);
  if (options.out !== undefined && (options.all || runs.length > 1))
    throw new UserError(
      '--out: is the file of one class of one run; the others go into the folders of their runs',
    );
  for (const file of [options.out, options.csv]) if (file !== undefined) refuseArtifact(resolve(file));
  const counter = options.quiet ? undefined : createCounter(process.stderr, 'classifiers');
  const rows: Row[] = [];
  try {
    for (const [index, run] of runs.entries()) {
      const ground = await openExtraction(run, sourceOpener());
      const labels = options.all ? [...ground.names.keys()] : [labelOf(ground, options.class ?? '')];
      for (const [place, label] of labels.entries()) {
        rows.push(await writeClass(ground, label, options));
        counter?.update(index * labels.length + place + 1, runs.length * labels.length);
      }
    }
  } finally {
    counter?.end();
  }
  if (options.csv !== undefined) await writeResult('--csv', resolve(options.csv), tableOf(rows));
  printRows(rows, options);
}

/** By its name, or else its number. Throws UserError. */
function labelOf({ names, run }: ExtractionGround, given: string): number {
  const label = names.indexOf(given);
  if (label >= 0) return label;
  const number = Number(given);
  if (/^\d+$/.test(given) && number < names.length) return number;
  const [like] = nearest(given, names);
  const some = names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '');
  throw new UserError(
    `--class: found '${given}', which is no class of ${run.name}; ${like === undefined ? '' : `did you mean ${like}? `}its classes are ${some}`,
  );
}

async function writeClass(ground: ExtractionGround, label: number, options: ExtractOptions): Promise<Row> {
  const { run } = ground;
  const { figures, model } = await extractClass(ground, label, options);
  const row = {
    run: run.name,
    ...defined({ group: run.group }),
    ...figures,
    ticketWeights: countOnes(run.ticket),
  };
  if (options.out === undefined) {
    const key = keys.classifierOf(fileNameOf(ground, label));
    await run.store.put(key, model);
    return { ...row, file: pathOfUri(run.store.uri + key) };
  }
  const file = resolve(options.out);
  await writeResult('--out', file, model);
  return { ...row, file };
}

/** The class's name where those of all classes are plain and differ, otherwise its number. */
function fileNameOf({ names }: ExtractionGround, label: number): string {
  const plain = names.every((name) => /^[\w-][\w.-]{0,99}$/.test(name));
  const unique = new Set(names.map((name) => name.toLowerCase())).size === names.length;
  return plain && unique ? (names[label] ?? String(label)) : String(label);
}

const COLUMNS = [
  'run',
  'class',
  'ticketWeights',
  'pathWeights',
  'weights',
  'parameters',
  'threshold',
  ...PARTS.flatMap((part) => [`${part}Accuracy`, `${part}TicketAccuracy`]),
  ...PARTS.flatMap((part) => [`${part}BalancedAccuracy`, `${part}TicketBalancedAccuracy`]),
];

/** A row per run and class. */
function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ scores, ...row }) => [
    row.run,
    row.name,
    row.ticketWeights,
    row.pathWeights,
    row.weights,
    row.parameters,
    row.threshold,
    ...PARTS.flatMap((part) => [scores[part]?.classifier.accuracy, scores[part]?.ticket.accuracy]),
    ...PARTS.flatMap((part) => [
      scores[part]?.classifier.balancedAccuracy,
      scores[part]?.ticket.balancedAccuracy,
    ]),
  ]);
  return csvText(COLUMNS, cells);
}

function printRows(rows: readonly Row[], { json, quiet, csv }: ExtractOptions): void {
  const table = csv === undefined ? undefined : resolve(csv);
  if (json) {
    printJson({ classifiers: rows, ...(table !== undefined && { csv: table }) });
    return;
  }
  if (quiet) {
    for (const { file } of rows) print(`${shown(file)}\n`);
    return;
  }
  const several = new Set(rows.map(({ run }) => run)).size > 1;
  const lines = rows.map(({ run, name, ticketWeights, weights, scores: { test }, file }) => [
    ...(several ? [run] : []),
    name,
    `${whole(weights)} of ${whole(ticketWeights)}`,
    percent(1 - weights / Math.max(1, ticketWeights), 1),
    percent(test?.classifier.accuracy ?? null, 1),
    percent(test?.ticket.accuracy ?? null, 1),
    ...(several ? [] : [shown(file)]),
  ]);
  const head = [
    ...(several ? ['run'] : []),
    'class',
    'weights',
    'fewer',
    'test accuracy',
    'of the ticket',
    ...(several ? [] : ['file']),
  ];
  const groups = several ? `\n${groupsTable(rows.map(tested))}\n` : '';
  const where = table ?? (several ? 'classes/ in the folder of each run' : undefined);
  print(`${plainTable(lines, head)}\n${groups}${where === undefined ? '' : `\n${shown(where)}\n`}`);
}

function tested({ scores: { test }, ...row }: Row): GroupedClassifier {
  return { ...row, accuracy: test?.classifier.accuracy ?? 0, ticketAccuracy: test?.ticket.accuracy ?? 0 };
}
