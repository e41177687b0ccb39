/** A row of a search's history: one per generation, a pure function of the spec (no times, no rates). */
import { max, min } from 'd3-array';
import { z } from 'zod';
import { sparsityOf } from '../../search/genome.ts';
import {
  excessOf,
  type Individual,
  isFigure,
  needsLoss,
  type Objective,
  type Origin,
} from '../../search/individual.ts';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const loss = z.number().nullable();
const average = share.nullable();

export const historyRowSchema = z.object({
  generation: count,
  /** Individuals bred for this generation, and how many of them were evaluated (the others had known masks). */
  offspring: count,
  evaluated: count,
  /** Evaluations since the run began. */
  evaluations: count,
  /** Flips of single bits considered since the run began, where the algorithm flips. */
  flips: count.optional(),
  /** Cost of the best mask of such a search: the objective, and the price of the weights. */
  bestCost: loss.optional(),
  /** With several objectives, of the survivors: the volume between them and the worst of everything. */
  hypervolume: share.optional(),
  /** Over the survivors, on training data. Losses are means per sample in nats, null where not computed. */
  bestAccuracy: share,
  meanAccuracy: share,
  worstAccuracy: share,
  bestLoss: loss,
  meanLoss: loss,
  worstLoss: loss,
  /** Balanced accuracy, macro-F1 or the fitness by an own objective, whichever is the objective; null where none is. */
  bestMacroAverage: average,
  meanMacroAverage: average,
  worstMacroAverage: average,
  /** Gaps between groups of the best individual, and survivors that satisfy all constraints, where gaps are measured. */
  bestDemographicParity: share.nullable().optional(),
  bestEqualOpportunity: share.nullable().optional(),
  bestEqualisedOdds: share.nullable().optional(),
  feasibleSurvivors: count.optional(),
  /** Share of prunable weights that are pruned: of the best individual, and over the survivors. */
  bestSparsity: share,
  meanSparsity: share,
  minSparsity: share,
  maxSparsity: share,
  /** Survivors by where they came from, as far as the algorithm has such. */
  survivorsStart: count.optional(),
  survivorsRecombination: count.optional(),
  survivorsMutation: count.optional(),
  survivorsMigration: count.optional(),
  survivorsSampling: count.optional(),
  survivorsImprovement: count.optional(),
  /** How many of this generation's offspring survived. */
  newSurvivors: count,
});

export type HistoryRow = z.output<typeof historyRowSchema>;

/** The columns of a history, in order. Those of origins that the algorithm does not have are left out. */
export function historyColumns([first]: readonly HistoryRow[]): (keyof HistoryRow)[] {
  const columns = Object.keys(historyRowSchema.shape) as (keyof HistoryRow)[];
  return columns.filter((column) => first === undefined || column in first);
}

const ORIGIN_COLUMNS = {
  start: 'survivorsStart',
  recombination: 'survivorsRecombination',
  mutation: 'survivorsMutation',
  migration: 'survivorsMigration',
  sampling: 'survivorsSampling',
  improvement: 'survivorsImprovement',
} as const satisfies Readonly<Record<Origin, keyof HistoryRow>>;

/** Survivors of an origin; undefined where the algorithm has none such. */
export function survivorsFrom(row: HistoryRow, origin: Origin): number | undefined {
  return row[ORIGIN_COLUMNS[origin]];
}

/** The row of one generation. `survivors` best first; `samples` in the training data. */
export function historyRow(
  survivors: readonly Individual[],
  context: Pick<
    HistoryRow,
    'generation' | 'offspring' | 'evaluated' | 'evaluations' | 'flips' | 'bestCost' | 'hypervolume'
  > & {
    readonly samples: number;
    readonly bits: number;
    readonly objective: Objective;
    /** Where individuals can come from. */
    readonly origins: readonly Origin[];
  },
): HistoryRow {
  const { samples, bits, objective, origins, ...counts } = context;
  const accuracies = survivors.map(({ score }) => score.correct / samples);
  const losses = needsLoss(objective) ? survivors.map(({ score }) => score.loss / samples) : [];
  const averages = isFigure(objective) ? survivors.map(({ score }) => score.macroAverage) : [];
  const sparsities = survivors.map(({ genome }) => sparsityOf(genome, bits));
  const from = origins.map(
    (origin) => [ORIGIN_COLUMNS[origin], survivors.filter((one) => one.origin === origin).length] as const,
  );
  return {
    ...counts,
    bestAccuracy: accuracies[0] ?? 0,
    meanAccuracy: mean(accuracies),
    worstAccuracy: min(accuracies) ?? 0,
    bestLoss: finite(losses[0]),
    meanLoss: losses.length > 0 ? finite(mean(losses)) : null,
    worstLoss: finite(losses.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY)),
    bestMacroAverage: finite(averages[0]),
    meanMacroAverage: averages.length > 0 ? finite(mean(averages)) : null,
    worstMacroAverage: finite(averages.at(-1)),
    ...fairnessOfRow(survivors),
    bestSparsity: sparsities[0] ?? 0,
    meanSparsity: mean(sparsities),
    minSparsity: min(sparsities) ?? 0,
    maxSparsity: max(sparsities) ?? 0,
    ...Object.fromEntries(from),
    newSurvivors: survivors.filter(({ born }) => born === context.generation).length,
  };
}

function fairnessOfRow(survivors: readonly Individual[]): Partial<HistoryRow> {
  const fairness = survivors[0]?.score.fairness;
  if (!fairness) return {};
  return {
    bestDemographicParity: finite(fairness.demographicParity),
    bestEqualOpportunity: finite(fairness.equalOpportunity),
    bestEqualisedOdds: finite(fairness.equalisedOdds),
    feasibleSurvivors: survivors.filter(({ score }) => excessOf(score) === 0).length,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
