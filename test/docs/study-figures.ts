/**
 * The figures of the pages of results, from the tables in docs/studies. A comment before a table, or after a number,
 * says where it comes from:
 *
 *     <!-- table: accuracy | flips-digits -->        up to <!-- /table -->
 *     96.9<!-- accuracy | flips-digits | digits-10 | annealing -->
 *
 * A task is a preset or, in a grid of other fields, their values: "20", "[20,20], 0.01". A study NAME/reach is its reach.csv, whose tasks
 * end with "end" or "half".
 * A study NAME/sizes is the table of nested tickets at equal sizes, whose tasks are sparsities, such as 90%.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';
import { decimals, probability, signed, whole } from '../../lib/base/format.ts';

const STUDIES = fileURLToPath(new URL('../../docs/studies', import.meta.url));

/** A row of a study's table.csv, by column. */
type Row = Readonly<Record<string, string>>;
type Figure = (row: Row) => number;

const column =
  (name: string): Figure =>
  (row) =>
    row[name] ? Number(row[name]) : Number.NaN;
const mean = column('testAccuracyMean');
const median = column('testAccuracyMedian');
/** Half the interval; towards 0 where 100 % cuts it off. */
const half: Figure = (row) => mean(row) - column('testAccuracyLow')(row);
const difference = column('difference');

const share = (value: number) => decimals(100 * value, 1);
const points = (value: number) => signed(100 * value, 2);

/** Figures that a sentence can name, and how they are written. */
const FIGURES: Readonly<Record<string, readonly [figure: Figure, write: (value: number) => string]>> = {
  accuracy: [mean, share],
  half: [half, share],
  median: [median, share],
  sparsity: [column('sparsityMean'), share],
  evaluations: [column('evaluationsMean'), whole],
  /** Points by which the algorithm is ahead of the reference. */
  ahead: [difference, share],
  /** Points by which it is behind. */
  behind: [(row) => -difference(row), share],
  /** The same with its sign, and the upper end of its interval. */
  lead: [difference, points],
  bound: [column('differenceHigh'), points],
  pairs: [column('pairs'), whole],
  p: [column('p'), probability],
  holm: [column('pHolm'), probability],
  /** The area under the front, per cent, and by how many points it is larger or smaller than the reference's. */
  area: [column('frontAreaMean'), share],
  'area ahead': [column('frontDifference'), share],
  'area behind': [(row) => -column('frontDifference')(row), share],
  /** Of planted tickets: the gap in test accuracy, runs as accurate in training, the share of its weights that is kept, the size. */
  below: [(row) => -column('plantedGapMean')(row), share],
  above: [column('plantedGapMean'), share],
  reached: [(row) => column('reached')(row) || column('plantedReached')(row), whole],
  shared: [column('plantedSharedMean'), (value) => decimals(100 * value, 0)],
  size: [column('plantedSizeMean'), (value) => decimals(value, 1)],
  /** Of reach.csv: evaluations until as fit as the reference, as a multiple of its own. */
  ratio: [column('ratioMedian'), (value) => decimals(value, 2)],
};

const EXTREMES: Readonly<Record<string, (...values: number[]) => number>> = {
  least: Math.min,
  most: Math.max,
};

const cache = new Map<string, readonly Row[]>();

/** A row at one size: its sparsity is the task. */
function bySize(row: Row): Row {
  return row.keptShare === undefined
    ? row
    : { ...row, preset: `${decimals(100 * (1 - Number(row.keptShare)), 0)}%` };
}

/** The rows of some studies, those of tasks and algorithms that have no run left out. */
function rowsOf(studies: string): readonly Row[] {
  return studies.split(' ').flatMap((study) => {
    const rows =
      cache.get(study) ?? parsed(join(STUDIES, study.includes('/') ? `${study}.csv` : `${study}/table.csv`));
    cache.set(study, rows);
    return rows.filter((row) => Number(row.n ?? row.pairs) > 0);
  });
}

function parsed(path: string): readonly Row[] {
  const found = Papa.parse<Row>(readFileSync(path, 'utf8'), { header: true, skipEmptyLines: true });
  const { fields = [] } = found.meta;
  const grid = fields.slice(0, fields.indexOf('algorithm'));
  return found.data.map((row) => {
    const values = grid.flatMap((field) => row[field] || []);
    return bySize({ ...row, preset: [values.join(', '), row.target].filter(Boolean).join(' ') });
  });
}

function unique(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined && value !== ''))] as string[];
}

/** In the order of the study; of sizes the smallest one has them all. */
const algorithmsOf = (rows: readonly Row[]) =>
  unique(
    rows
      .toSorted((a, b) => Number(a.keptShare ?? 0) - Number(b.keptShare ?? 0))
      .map(({ algorithm }) => algorithm),
  );

/** "96.9 ± 0.2 (96.9)". */
const accuracyCell = (row: Row | undefined) =>
  row ? `${share(mean(row))} ± ${share(half(row))} (${share(median(row))})` : '';

const markdown = (head: readonly string[], words: number, rows: readonly (readonly string[])[]) =>
  [head, head.map((_, index) => (index < words ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

/** "digits-2" before "digits-10". */
const byNumbers = new Intl.Collator('en', { numeric: true }).compare;

const ratio = (text = '') => (text === 'Infinity' ? '∞' : decimals(Number(text), 2));

/** A row for each task, a column for each algorithm. */
function byAlgorithm(rows: readonly Row[], cell: (row: Row | undefined) => string, algorithms: string[]) {
  const tasks = unique(rows.map(({ preset }) => preset)).sort(byNumbers);
  return markdown(
    ['', ...algorithms],
    1,
    tasks.map((task) => [
      task.replace(/%$/, ' %'),
      ...algorithms.map((name) =>
        cell(rows.find(({ preset, algorithm }) => preset === task && algorithm === name)),
      ),
    ]),
  );
}

/** A row for each value of the first field of the grid, a column for each of the second. */
function byFields(rows: readonly Row[], cell: (row: Row | undefined) => string) {
  const parts = rows.map((row) => ({ row, parts: /^(.*), ([^,]*)$/.exec(row.preset ?? '') ?? [] }));
  const [down, across] = [1, 2].map((place) => unique(parts.map(({ parts: all }) => all[place])));
  return markdown(
    ['', ...(across ?? [])],
    1,
    (down ?? []).map((one) => [
      one,
      ...(across ?? []).map((other) =>
        cell(parts.find(({ parts: all }) => all[1] === one && all[2] === other)?.row),
      ),
    ]),
  );
}

const TABLES: Readonly<Record<string, (rows: readonly Row[]) => string>> = {
  'accuracy by fields': (rows) => byFields(rows, accuracyCell),
  reach: (rows) =>
    markdown(
      [
        'task',
        'algorithm',
        'as fit as the cold search',
        'pairs',
        'reached',
        'median ratio',
        '95 % interval',
        'p',
        'p (Holm)',
      ],
      3,
      rows.map((row) => [
        (row.preset ?? '').replace(/ (?:end|half)$/, ''),
        row.algorithm ?? '',
        row.target === 'end' ? 'at its end' : 'after half its work',
        row.pairs ?? '',
        row.reached ?? '',
        ratio(row.ratioMedian),
        row.ratioLow ? `${ratio(row.ratioLow)} … ${ratio(row.ratioHigh)}` : '–',
        probability(column('p')(row)),
        probability(column('pHolm')(row)),
      ]),
    ),
  fronts: (rows) =>
    markdown(
      [
        'algorithm',
        'area under the front',
        'difference, points',
        '95 % interval',
        'rank-biserial',
        'p',
        'p (Holm)',
      ],
      1,
      rows.map((row) => [
        row.algorithm ?? '',
        `${share(column('frontAreaMean')(row))} ± ${share(column('frontAreaMean')(row) - column('frontAreaLow')(row))} %`,
        ...(row.frontPairs
          ? [
              signed(100 * column('frontDifference')(row), 1),
              `${signed(100 * column('frontDifferenceLow')(row), 1)} … ${signed(100 * column('frontDifferenceHigh')(row), 1)}`,
              signed(column('frontRankBiserial')(row), 2),
              probability(column('frontP')(row)),
              probability(column('frontPHolm')(row)),
            ]
          : ['', '', '', '', '']),
      ]),
    ),
  planted: (rows) =>
    markdown(
      [
        '',
        'algorithm',
        'runs',
        'test accuracy',
        'above the planted ticket, points',
        'as accurate in training',
        'planted weights kept',
        'size',
      ],
      2,
      rows.map((row) => [
        row.preset ?? '',
        row.algorithm ?? '',
        row.n ?? '',
        accuracyCell(row),
        signed(100 * column('plantedGapMean')(row), 1),
        row.plantedReached ?? '',
        `${decimals(100 * column('plantedSharedMean')(row), 0)} %`,
        `${decimals(column('plantedSizeMean')(row), 1)} ×`,
      ]),
    ),
  accuracy: (rows) => byAlgorithm(rows, accuracyCell, algorithmsOf(rows)),
  sparsity: (rows) =>
    byAlgorithm(
      rows,
      (row) => (row ? share(column('sparsityMean')(row)) : ''),
      algorithmsOf(rows).filter((name) =>
        rows.some((row) => row.algorithm === name && column('sparsityMean')(row) > 0),
      ),
    ),
  evaluations: (rows) =>
    byAlgorithm(rows, (row) => (row ? whole(column('evaluationsMean')(row)) : ''), algorithmsOf(rows)),
  comparisons: (rows) => {
    const compared = rows.filter((row) => Number(row.pairs) > 0);
    const [reference] = unique(compared.map((row) => row.reference));
    const counted = compared.some((row) => row.equalEvaluations !== undefined);
    const points = (name: string, row: Row) => signed(100 * column(name)(row), 2);
    return markdown(
      [
        '',
        `compared with ${reference}`,
        'pairs',
        'difference, points',
        '95 % interval',
        'rank-biserial',
        'p',
        'p (Holm)',
        ...(counted ? ['equal evaluations'] : []),
      ],
      2,
      compared.map((row) => [
        row.preset?.replace(/%$/, ' %') ?? '',
        row.algorithm ?? '',
        row.pairs ?? '',
        points('difference', row),
        `${points('differenceLow', row)} … ${points('differenceHigh', row)}`,
        signed(column('rankBiserial')(row), 2),
        probability(column('p')(row)),
        probability(column('pHolm')(row)),
        ...(counted ? [row.equalEvaluations === 'true' ? 'yes' : 'no'] : []),
      ]),
    );
  },
};

function table(source: string): string {
  const [kind = '', studies = ''] = source.split(' | ');
  const make = TABLES[kind];
  if (!make) throw new Error(`no table ${kind}; there are ${Object.keys(TABLES).join(', ')}`);
  return make(rowsOf(studies));
}

/** Matches a word, or every word that "*" stands for: "digits-*". */
const matches = (pattern: string, word = '') =>
  pattern === '*' || pattern === word || (pattern.endsWith('*') && word.startsWith(pattern.slice(0, -1)));

function figure(source: string): string {
  const [what = '', studies = '', task = '', algorithm = ''] = source.split(' | ');
  const words = what.split(' ');
  const [read, write] = FIGURES[what] ?? FIGURES[words.at(-1) ?? ''] ?? [];
  if (!read || !write) throw new Error(`no figure ${what}; there are ${Object.keys(FIGURES).join(', ')}`);
  const values = rowsOf(studies)
    .filter((row) => row.preset === task || task.split(' ').some((pattern) => matches(pattern, row.preset)))
    .filter((row) => matches(algorithm, row.algorithm))
    .map(read)
    .filter((value) => !Number.isNaN(value));
  const extreme = EXTREMES[words[0] ?? ''];
  if (values.length === 0) throw new Error(`no run of ${source}`);
  if (!extreme && values.length > 1) throw new Error(`${values.length} figures of ${source}: least or most?`);
  const value = (extreme ?? Math.min)(...values);
  // A lead that turned into a lag is no number to replace: the sentence is wrong.
  if (value < 0 && write !== points)
    throw new Error(`${source} is ${write(value)}: the sentence says the opposite`);
  return write(value);
}

/** The page with each table and number as its studies have it. */
export function withFigures(page: string): string {
  return page
    .replace(
      /(<!-- table: (.*?) -->\n)(?:(?!<!-- table: )[\s\S])*?(<!-- \/table -->)/g,
      (_, start: string, source: string, end: string) => `${start}\n${table(source)}\n\n${end}`,
    )
    .replace(
      /(?:< |[+−])?[\d.,]*\d<!-- ([a-z ]+ \| .*?) -->/g,
      (_, source: string) => `${figure(source)}<!-- ${source} -->`,
    );
}

/** Paragraphs with a figure that names neither its studies nor, by <!-- from: … -->, the command that made it. */
export function withoutSource(page: string): string[] {
  const text = page
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/<!-- table: [\s\S]*?<!-- \/table -->/g, '')
    .replace(/[\d.,]*\d<!-- [a-z ]+ \| .*? -->/g, 'N');
  return text
    .split(/\n(?=\n|- )/)
    .filter((paragraph) => !paragraph.includes('<!-- from: '))
    .filter((paragraph) =>
      /\d\.\d|(?<![\d,])\d+ (?:%|points?\b)/.test(
        paragraph.replace(/v\d+\.\d+|arXiv \d+\.\d+|arxiv[^)\s]*|95 %|`[^`]*`|\]\([^)]*\)/gi, ''),
      ),
    );
}
