/** Individuals, their scores, and the order in which selection ranks them. */
import type { Fairness } from './fairness.ts';
import { countZeros } from './genome.ts';
import { OWN } from './own-code.ts';

/** Where an individual came from. Files hold positions in this list: new ones come at its end. */
export const ORIGINS = [
  'start',
  'recombination',
  'mutation',
  'migration',
  'sampling',
  'improvement',
] as const;
export type Origin = (typeof ORIGINS)[number];

/** Result of one evaluation of a mask, over the whole data set. */
export interface Score {
  /** Correct predictions, 0..samples. */
  readonly correct: number;
  /** Cross-entropy summed over the samples, in nats; NaN where it was not computed or is not finite. */
  readonly loss: number;
  /** Mean over the classes of the objective's figure, or the fitness by an own objective, 0..1; NaN where it was not computed. */
  readonly macroAverage: number;
  /** Gaps between groups of samples, where they are measured. */
  readonly fairness?: Fairness;
}

/** A mask before evaluation. */
export interface Newborn {
  /** Order of birth within the run, from 0. */
  readonly id: number;
  readonly genome: Uint8Array;
  readonly origin: Origin;
  /** The generation it was born in. */
  readonly born: number;
}

export interface Individual extends Newborn {
  readonly score: Score;
  /** Pruned weights. */
  readonly zeros: number;
}

/** Objectives that are means over the classes: of their recall, or of their F1. A rare class counts as much as any. */
const MACRO_AVERAGES = ['balanced-accuracy', 'macro-f1'] as const;
export type MacroAverage = (typeof MACRO_AVERAGES)[number];

/**
 * The first comparison of selection: more correct predictions, with less cross-entropy among equals or without, a larger mean
 * over the classes, or less cross-entropy.
 */
export const OBJECTIVES = [
  'accuracy',
  'accuracy-then-cross-entropy',
  ...MACRO_AVERAGES,
  'cross-entropy',
] as const;
export const ALL_OBJECTIVES = [...OBJECTIVES, OWN] as const;
export type Objective = (typeof ALL_OBJECTIVES)[number];

export function isMacroAverage(objective: Objective): objective is MacroAverage {
  return MACRO_AVERAGES.some((one) => one === objective);
}

/** Whether `Score.macroAverage` is the fitness. */
export function isFigure(objective: Objective): objective is MacroAverage | typeof OWN {
  return isMacroAverage(objective) || objective === OWN;
}

/** Whether the cross-entropy has a say. */
export function needsLoss(objective: Objective): boolean {
  return objective === 'cross-entropy' || objective === 'accuracy-then-cross-entropy';
}

export function evaluated(newborn: Newborn, score: Score, bits: number): Individual {
  return { ...newborn, score, zeros: countZeros(newborn.genome, bits) };
}

/**
 * Larger is better. A figure that is not a number, or infinite, is the worst fitness there is; where it decides among
 * equals, the worst among them.
 */
export function fitnessOf(score: Score, objective: Objective): number {
  if (objective === 'accuracy') return score.correct;
  // Between one count and the next, so that no loss outweighs a prediction.
  if (objective === 'accuracy-then-cross-entropy')
    return score.correct + (Number.isFinite(score.loss) ? 1 / (2 + score.loss) : 0);
  const fitness = isFigure(objective) ? score.macroAverage : -score.loss;
  return Number.isFinite(fitness) ? fitness : Number.NEGATIVE_INFINITY;
}

/** The same between 0 and 1, comparable between tasks: of cross-entropy the geometric mean of the probabilities of the right classes. */
export function fitnessShare(score: Score, objective: Objective, samples: number): number {
  const fitness = fitnessOf(score, objective);
  if (isFigure(objective)) return Math.max(0, fitness);
  if (objective === 'cross-entropy') return Math.exp(fitness / samples);
  // All predictions correct, without any loss, come to half a prediction more.
  return fitness / (objective === 'accuracy' ? samples : samples + 0.5);
}

/** By how much a mask exceeds the limits of its constraints; 0 where it satisfies them, or there are none. */
export function excessOf({ fairness }: Score): number {
  return fairness?.excess ?? 0;
}

/**
 * Best first: less excess over the limits of constraints (feasibility first, Deb 2000), fitness, then more zeros, then older.
 * A total order, since ids are unique.
 */
export function compareIndividuals(objective: Objective): (a: Individual, b: Individual) => number {
  // Of a million samples a few nats are less than the last bit of a fitness that counts predictions first.
  const figures: readonly Objective[] =
    objective === 'accuracy-then-cross-entropy' ? [objective, 'cross-entropy'] : [objective];
  return (a, b) => {
    const excess = excessOf(a.score) - excessOf(b.score);
    if (excess !== 0) return excess;
    for (const figure of figures) {
      const fitnessA = fitnessOf(a.score, figure);
      const fitnessB = fitnessOf(b.score, figure);
      if (fitnessA !== fitnessB) return fitnessA > fitnessB ? -1 : 1;
    }
    return b.zeros - a.zeros || a.id - b.id;
  };
}

/** Survivor selection: the best `size` of parents and offspring, best first. Inputs are not changed. */
export function selectSurvivors(
  parents: readonly Individual[],
  offspring: readonly Individual[],
  size: number,
  objective: Objective,
): Individual[] {
  return [...parents, ...offspring].sort(compareIndividuals(objective)).slice(0, size);
}
