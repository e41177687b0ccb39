/** The tables of the pages of results. */
import { decimals, probability, signed, whole } from '../../lib/base/format.ts';
import { overallNotes, overallTable } from '../../lib/sweep/overall-tables.ts';
import { ranksOf } from './ranks.ts';
import { column, half, mean, median, type Row, share } from './study-rows.ts';

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

/** "96.9 ± 0.2". */
const meanCell = (row: Row | undefined) => (row ? `${share(mean(row))} ± ${share(half(row))}` : '');

const markdown = (head: readonly string[], words: number, rows: readonly (readonly string[])[]) =>
  [head, head.map((_, index) => (index < words ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

/** "digits-2" before "digits-10". */
const byNumbers = new Intl.Collator('en', { numeric: true }).compare;

/** "99.4 ± 0.5" of a mean and the farther end of its interval: 0 and 100 % cut off the other. */
const intervalCell = (row: Row, name: string) => {
  const [middle = 0, low = 0, high = 0] = ['Mean', 'Low', 'High'].map((end) => column(`${name}${end}`)(row));
  return `${share(middle)} ± ${share(Math.max(middle - low, high - middle))}`;
};

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

export const TABLES: Readonly<Record<string, (rows: readonly Row[]) => string>> = {
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
  progress: (rows) =>
    markdown(
      [
        '',
        'fitness',
        'train accuracy after an eighth',
        'a quarter',
        'half',
        'all of the generations',
        'improving generations of the first half, %',
        'of the second, %',
      ],
      2,
      rows.map((row) => [
        row.preset ?? '',
        row.algorithm ?? '',
        ...['eighth', 'quarter', 'half', 'end'].map((part) => intervalCell(row, `${part}TrainAccuracy`)),
        ...['first', 'second'].map((part) => intervalCell(row, `${part}HalfImproving`)),
      ]),
    ),
  landscape: (rows) =>
    markdown(
      [
        '',
        'fitness',
        'correlation length, flips',
        'neutral flips of random masks, %',
        'of local optima, %',
        'accuracy of local optima, %',
        'least, %',
        'flips of a climb',
      ],
      2,
      rows.map((row) => [
        row.preset ?? '',
        row.algorithm ?? '',
        whole(column('correlationLength')(row)),
        share(column('neutral')(row)),
        share(column('neutralMedian')(row)),
        share(column('accuracyMedian')(row)),
        share(column('least')(row)),
        decimals(column('flipsMedian')(row) / column('bits')(row), 1),
      ]),
    ),
  /** Of the runs of several studies: NAME/runs. */
  ranks: (rows) => {
    const overall = ranksOf(rows);
    const { head, words, rows: cells } = overallTable(overall);
    const notes = overallNotes(overall).map((note) =>
      note.replace(/ The tests assume .*? too easily\./, '').replaceAll('grid point', 'task'),
    );
    return [markdown(head, words, cells), ...notes].join('\n\n');
  },
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
  confidence: (rows) =>
    markdown(
      [
        '',
        'algorithm',
        'test accuracy',
        'test loss',
        'test confidence',
        'train accuracy',
        'train loss',
        'train confidence',
      ],
      2,
      rows.map((row) => [
        row.preset ?? '',
        row.algorithm ?? '',
        ...['test', 'train'].flatMap((part) => [
          share(column(`${part}Accuracy`)(row)),
          decimals(column(`${part}Loss`)(row), 3),
          share(column(`${part}Confidence`)(row)),
        ]),
      ]),
    ),
  accuracy: (rows) => byAlgorithm(rows, accuracyCell, algorithmsOf(rows)),
  'accuracy without medians': (rows) => byAlgorithm(rows, meanCell, algorithmsOf(rows)),
  sparsity: (rows) =>
    byAlgorithm(
      rows,
      (row) => (row ? share(column('sparsityMean')(row)) : ''),
      algorithmsOf(rows).filter((name) =>
        rows.some((row) => row.algorithm === name && column('sparsityMean')(row) > 0),
      ),
    ),
  kept: (rows) =>
    byAlgorithm(rows, (row) => (row ? whole(column('keptWeightsMean')(row)) : ''), algorithmsOf(rows)),
  /** Where an algorithm is first level with the reference, and first ahead of it, by the interval of the difference. */
  level: (rows) => {
    const compared = rows.filter((row) => Number(row.pairs) > 0);
    const signedPoints = (name: string, row: Row | undefined) => row && signed(100 * column(name)(row), 2);
    return markdown(
      ['', 'level from', 'ahead from', 'difference at the first, points', '95 % interval', 'kept weights'],
      3,
      unique(compared.map(({ algorithm }) => algorithm)).map((name) => {
        const own = compared.filter(({ algorithm }) => algorithm === name);
        const level = own.find((row) => column('differenceHigh')(row) >= 0);
        const ahead = own.find((row) => column('differenceLow')(row) > 0);
        const interval = ['differenceLow', 'differenceHigh'].map((end) => signedPoints(end, level));
        return [
          name,
          level?.preset ?? 'none',
          ahead?.preset ?? 'none',
          signedPoints('difference', level) ?? '',
          level ? interval.join(' … ') : '',
          level ? whole(column('keptWeightsMean')(level)) : '',
        ];
      }),
    );
  },
  evaluations: (rows) =>
    byAlgorithm(rows, (row) => (row ? whole(column('evaluationsMean')(row)) : ''), algorithmsOf(rows)),
  seconds: (rows) =>
    byAlgorithm(rows, (row) => (row ? whole(column('processorSeconds')(row)) : ''), algorithmsOf(rows)),
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
