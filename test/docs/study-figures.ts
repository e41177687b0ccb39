/**
 * The figures of the pages of results, from the tables in docs/studies. A comment before a table, or after a number,
 * says where it comes from:
 *
 *     <!-- table: accuracy | flips-digits -->        up to <!-- /table -->
 *     96.9<!-- accuracy | flips-digits | digits-10 | annealing -->
 *
 * In a row of a table the bars are escaped: \|.
 *
 * A task is a preset or, in a grid of other fields, their values: "20", "[20,20], 0.01". A study NAME/reach is its reach.csv, whose tasks
 * end with "end" or "half".
 * A study NAME/processor is the processor time of its runs, which was read from the system while one ran after the other.
 * A study NAME/sweep is the means of the runs in its sweep.csv.
 * A study NAME/runs is the runs themselves.
 * A study NAME/sizes is the table of nested tickets at equal sizes, whose tasks are sparsities, such as 90%.
 * A study NAME/progress is its progress.csv.
 * A study NAME:ALGORITHM~OTHER:REFERENCE is the runs of an algorithm (all if none is named; _ is a space) less those of another study's
 * on the same tasks and seeds; Holm's correction is over all such rows that the comment names.
 * A study NAME/reference is its reference.csv, of other programs; NAME/reference-runs are their runs, and NAME/runs those of Tombola.
 */
import { decimals, probability, whole } from '../../lib/base/format.ts';
import { isOfPairs, pairsOf } from './study-pairs.ts';
import {
  column,
  difference,
  type Figure,
  half,
  mean,
  median,
  points,
  type Row,
  rowsOf,
  share,
} from './study-rows.ts';
import { TABLES } from './study-tables.ts';

/** Figures that a sentence can name, and how they are written. */
const FIGURES: Readonly<Record<string, readonly [figure: Figure, write: (value: number) => string]>> = {
  accuracy: [mean, share],
  half: [half, share],
  median: [median, share],
  sparsity: [column('sparsityMean'), share],
  evaluations: [column('evaluationsMean'), whole],
  kept: [column('keptWeightsMean'), whole],
  /** Processor time of a run, of processor.csv. */
  seconds: [column('processorSeconds'), whole],
  /** Points by which the algorithm is ahead of the reference. */
  ahead: [difference, share],
  /** Points by which it is behind. */
  behind: [(row) => -difference(row), share],
  /** The same with its sign, and the ends of its interval. */
  lead: [difference, points],
  'lower bound': [column('differenceLow'), points],
  bound: [column('differenceHigh'), points],
  /** Of a sweep.csv: mean cross-entropy and confidence, on test and training data. */
  loss: [column('testLoss'), (value) => decimals(value, 3)],
  'training loss': [column('trainLoss'), (value) => decimals(value, 3)],
  confidence: [column('testConfidence'), share],
  'training confidence': [column('trainConfidence'), share],
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
  /** Of landscapes: train accuracy of local optima, flips that change nothing, per cent, and how far flips go on telling, in flips. */
  optimum: [column('accuracyMedian'), share],
  neutral: [column('neutral'), (value) => decimals(100 * value, 0)],
  correlation: [column('correlationLength'), whole],
  /** Of single runs, NAME/runs. */
  test: [column('testAccuracy'), share],
  generations: [column('generations'), whole],
  /** Of progress.csv: train accuracy after an eighth of the generations and at the end, and generations of the second half that improved, per cent. */
  early: [column('eighthTrainAccuracyMean'), share],
  end: [column('endTrainAccuracyMean'), share],
  improving: [column('secondHalfImprovingMean'), share],
  /** Of reach.csv: evaluations until as fit as the reference, as a multiple of its own. */
  ratio: [column('ratioMedian'), (value) => decimals(value, 2)],
};

const EXTREMES: Readonly<Record<string, (...values: number[]) => number>> = {
  least: Math.min,
  most: Math.max,
};

const rowsFor = (studies: string) => (isOfPairs(studies) ? pairsOf(studies) : rowsOf(studies));

function table(source: string): string {
  const [kind = '', studies = ''] = source.split(' | ');
  const make = TABLES[kind];
  if (!make) throw new Error(`no table ${kind}; there are ${Object.keys(TABLES).join(', ')}`);
  return make(rowsFor(studies));
}

/** Matches a word, or every word that "*" stands for: "digits-*". */
const matches = (pattern: string, word = '') =>
  pattern === '*' || pattern === word || (pattern.endsWith('*') && word.startsWith(pattern.slice(0, -1)));

/** "runs below 90": how many of the runs, NAME/runs, have a lower test accuracy, per cent. */
const COUNT = /^runs below (\d+)$/;

function figure(source: string): string {
  const [what = '', studies = '', task = '', algorithm = ''] = source.split(' | ');
  const rows = rowsFor(studies)
    .filter((row) => row.preset === task || task.split(' ').some((pattern) => matches(pattern, row.preset)))
    .filter((row) => matches(algorithm, row.algorithm));
  const [, below] = COUNT.exec(what) ?? [];
  if (below === undefined) return written(source, what, rows);
  if (rows.length === 0) throw new Error(`no run of ${source}`);
  return whole(rows.filter((row) => column('testAccuracy')(row) < Number(below) / 100).length);
}

/** The figure of the one row that has it, or an extreme of several. */
function written(source: string, what: string, rows: readonly Row[]): string {
  const [first = '', ...others] = what.split(' ');
  const extreme = EXTREMES[first];
  const [read, write] = FIGURES[extreme ? others.join(' ') : what] ?? [];
  if (!read || !write) throw new Error(`no figure ${what}; there are ${Object.keys(FIGURES).join(', ')}`);
  const values = rows.map(read).filter((value) => !Number.isNaN(value));
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
      /(?:< |[+−])?[\d.,]*\d<!-- ([a-z ]+\d* \\?\| .*?) -->/g,
      (_, source: string) => `${figure(source.replaceAll('\\|', '|'))}<!-- ${source} -->`,
    );
}

/** Paragraphs with a figure that names neither its studies nor, by <!-- from: … -->, the command that made it. */
export function withoutSource(page: string): string[] {
  const text = page
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/<!-- table: [\s\S]*?<!-- \/table -->/g, '')
    .replace(/[\d.,]*\d<!-- [a-z ]+\d* \\?\| .*? -->/g, 'N');
  return text
    .split(/\n(?=\n|- )/)
    .filter((paragraph) => !paragraph.includes('<!-- from: '))
    .filter((paragraph) =>
      /\d\.\d|(?<![\d,])\d+ (?:%|points?\b)/.test(
        paragraph.replace(/v\d+\.\d+|arXiv \d+\.\d+|arxiv[^)\s]*|95 %|`[^`]*`|\]\([^)]*\)/gi, ''),
      ),
    );
}
