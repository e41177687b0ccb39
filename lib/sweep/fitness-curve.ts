/** How fit a search was over its generations, from its history.csv. */
import { z } from 'zod';
import { resolvedLambda } from '../algorithms/parts/flip-ranking.ts';
import { algorithmNamed } from '../algorithms/registry.ts';
import { at } from '../base/at.ts';
import type { AskedSpec } from '../runspec/schema.ts';
import type { HistoryColumn, ParsedHistory } from './parsed-history.ts';

type Objective = AskedSpec['search']['objective'];

/** A row of the history in which the best mask became fitter, counted from 0, which is the start. */
interface FitnessPoint {
  readonly row: number;
  readonly work: number;
  /** Larger is better. */
  readonly fitness: number;
  /** Of the best mask on training data; NaN if the history has none. */
  readonly accuracy: number;
}

/** How fit a search was, and how soon; only where it became fitter. */
export interface FitnessCurve {
  /** Evaluations of the whole training set; of a search that flips bits, flips as well. */
  readonly unit: 'evaluations' | 'flips';
  /** Column of history.csv. */
  readonly figure: HistoryColumn;
  /** The figure, and the objective and the price of weights that it depends on: those of another kind cannot be compared. */
  readonly kind: string;
  readonly points: readonly FitnessPoint[];
  /** Of the whole search. */
  readonly work: number;
  /** Of the history: the start, and every generation. */
  readonly rows: number;
}

/** The column of each; the history does not have that of an objective of one's own. */
const FIGURES: Partial<Record<NonNullable<Objective>, HistoryColumn>> = {
  accuracy: 'bestAccuracy',
  'accuracy-then-cross-entropy': 'bestAccuracy',
  'cross-entropy': 'bestLoss',
  'balanced-accuracy': 'bestMacroAverage',
  'macro-f1': 'bestMacroAverage',
};

/**
 * How fit a search was; undefined of a training, which evaluates no masks, and of a search within limits: there the fittest mask
 * need not be the one with the best figure. A search without an objective has that of its data: cross-entropy if there is any.
 * `lambda`: the price of weights; null: the objective's default.
 */
export function fitnessCurve(
  { rows, columns }: ParsedHistory,
  { objective: asked, constraints }: Pick<AskedSpec['search'], 'objective' | 'constraints'>,
  lambda: number | null = null,
): FitnessCurve | undefined {
  const { evaluations, flips, bestAccuracy, bestLoss } = columns;
  if (!evaluations || constraints) return undefined;
  const hasLoss = !Number.isNaN(bestLoss?.[0] ?? Number.NaN);
  const objective = asked ?? (hasLoss ? 'cross-entropy' : 'accuracy');
  const figure = flips ? 'bestCost' : FIGURES[objective];
  const values = figure && columns[figure];
  if (!figure || !values) return undefined;
  const sign = figure === 'bestCost' || figure === 'bestLoss' ? -1 : 1;
  const workAt = (row: number) => at(evaluations, row) + (flips ? at(flips, row) : 0);
  const points: FitnessPoint[] = [];
  for (const [row, value] of values.entries()) {
    const fitness = sign * value;
    if (fitness > (points.at(-1)?.fitness ?? Number.NEGATIVE_INFINITY))
      points.push({ row, work: workAt(row), fitness, accuracy: bestAccuracy?.[row] ?? Number.NaN });
  }
  if (points.length === 0) return undefined;
  const kinds: Partial<Record<HistoryColumn, string>> = {
    bestMacroAverage: objective,
    bestCost: `${objective}, ${resolvedLambda(lambda, objective)}`,
  };
  const kind = kinds[figure] ?? figure;
  return { unit: flips ? 'flips' : 'evaluations', figure, kind, points, work: workAt(rows - 1), rows };
}

const pricedSchema = z.object({ lambda: z.number().nullable() });

/** The price of weights of a search by single flips, as asked; null where there is none. */
export function askedLambda(spec: AskedSpec): number | null {
  const { improves, section } = algorithmNamed(spec.algorithm);
  const sections: Readonly<Record<string, unknown>> = spec;
  return improves && section ? pricedSchema.parse(sections[section.key]).lambda : null;
}
