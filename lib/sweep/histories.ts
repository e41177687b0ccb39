/** What the histories of a sweep's runs tell beside their summaries. */
import pLimit from 'p-limit';
import { at } from '../base/at.ts';
import { recordOf } from '../base/record.ts';
import type { AskedSpec } from '../runspec/schema.ts';
import { bandsOf, CURVES, type GroupCurves, type LearningCurves, learningCurves } from './curves.ts';
import { askedLambda, fitnessCurve } from './fitness-curve.ts';
import { type ParsedHistory, parseHistory } from './parsed-history.ts';
import { type ProgressRow, progressRows, searchStages } from './progress.ts';
import { type Goals, goalsOf, type Ratio, ratiosOf, reachOf } from './reach.ts';
import { byPoint } from './repeated.ts';
import { type Group, quantityOf, type Results } from './results.ts';
import type { Sweep } from './schema.ts';

type Run = Group['runs'][number];

/** Reads the history.csv of a run; undefined if there is none. */
export type ReadHistory = (run: Run) => Promise<string | undefined>;

/** Grid points whose curves are drawn. */
export const MOST_DRAWN = 24;

/** Cells of a sweep with tables of fitness. */
const MOST_CELLS = 3_000;

/** Histories that are read at a time: those of a study do not fit into memory together. */
const AT_A_TIME = 8;

/** What is asked of the histories of a group. */
interface Wanted {
  readonly curves: boolean;
  readonly fitness: boolean;
  /** Of the reference at the same grid point, by seed. */
  readonly goals?: ReadonlyMap<number, Goals> | undefined;
}

/** What is kept of the histories of a group. */
interface GroupDigest {
  /** Of its runs; kept until those of the grid point have been read. */
  readonly curves: readonly LearningCurves[];
  readonly progress: readonly ProgressRow[];
  readonly goals: ReadonlyMap<number, Goals>;
  readonly ratios: readonly Ratio[];
}

/** The results with learning curves and tables of fitness. Each history is read and parsed once, and a digest of it kept. */
export async function withHistories(
  { reference }: Sweep,
  results: Results,
  readHistory: ReadHistory,
): Promise<Results> {
  const specs = new Map(results.runs.map(({ cell }) => [cell.id, cell.spec]));
  const limit = pLimit(AT_A_TIME);
  const digest = async (own: Group, wanted: Wanted): Promise<GroupDigest> => {
    const runs = own.runs.map((run) =>
      limit(async () => {
        const text = await readHistory(run);
        return text === undefined ? [] : [digestRun(run, parseHistory(text), specs.get(run.id), wanted)];
      }),
    );
    return digestGroup(own, (await Promise.all(runs)).flat());
  };
  const read = byPoint(results.groups).map(async (groups, place) => {
    const wanted = { curves: place < MOST_DRAWN, fitness: results.runs.length <= MOST_CELLS };
    if (!wanted.curves && !wanted.fitness) return [];
    // The reference first: the others are compared with it.
    const base = groups.find(({ algorithm }) => algorithm === reference);
    const first = base && (await digest(base, wanted));
    const digests = await Promise.all(
      groups.map((own) => (first && own === base ? first : digest(own, { ...wanted, goals: first?.goals }))),
    );
    const curves = wanted.curves ? drawnCurves(groups, digests) : [];
    return [{ curves, digests: digests.map(({ curves: _, ...kept }) => kept) }];
  });
  const points = (await Promise.all(read)).flat();
  const digests = points.flatMap((point) => point.digests);
  return {
    ...results,
    curves: points.flatMap(({ curves }) => curves),
    reach: reachOf(
      reference,
      digests.flatMap(({ ratios }) => ratios),
    ),
    progress: digests.flatMap(({ progress }) => progress),
  };
}

/** What a history tells: kept until those of the group have been read. */
function digestRun(
  { seed, summary }: Run,
  history: ParsedHistory,
  spec: AskedSpec | undefined,
  wanted: Wanted,
) {
  const fitness = wanted.fitness && spec ? fitnessCurve(history, spec.search, askedLambda(spec)) : undefined;
  const goals = wanted.goals?.get(seed);
  return {
    seed,
    curves: wanted.curves
      ? learningCurves(history, { seconds: summary.seconds, dollars: quantityOf(summary, 'dollars') })
      : undefined,
    stages: fitness && searchStages(fitness),
    goals: fitness && goalsOf(fitness),
    ratios: fitness && goals ? ratiosOf(fitness, goals) : [],
  };
}

function digestGroup(
  { point, algorithm }: Group,
  runs: readonly ReturnType<typeof digestRun>[],
): GroupDigest {
  return {
    curves: runs.flatMap(({ curves }) => curves ?? []),
    progress: progressRows(
      { point, algorithm },
      runs.flatMap(({ stages }) => stages ?? []),
    ),
    goals: new Map(runs.flatMap(({ seed, goals }) => (goals ? [[seed, goals] as const] : []))),
    ratios: runs.flatMap(({ seed, ratios }) => ratios.map((ratio) => ({ point, algorithm, seed, ...ratio }))),
  };
}

/** The curves of the groups of a grid point, which are drawn together. */
function drawnCurves(groups: readonly Group[], digests: readonly GroupDigest[]): GroupCurves[] {
  const bands = recordOf(CURVES, (kind) =>
    bandsOf(digests.map(({ curves }) => curves.map((own) => own[kind]))),
  );
  return groups.map(({ point, algorithm }, place) => ({
    point,
    algorithm,
    bands: recordOf(CURVES, (kind) => at(bands[kind], place)),
  }));
}
