/** Objectives in words, and the figures of a summary that belong to them. */
import { isFigure, type MacroAverage, type Objective } from '../../search/individual.ts';
import type { OWN } from '../../search/own-code.ts';
import type { RunSummary } from '../summary.ts';

export const OBJECTIVE_NAMES: Readonly<Record<Objective, string>> = {
  accuracy: 'accuracy',
  'accuracy-then-cross-entropy': 'accuracy, then cross-entropy',
  'balanced-accuracy': 'balanced accuracy',
  'macro-f1': 'macro-F1',
  'cross-entropy': 'cross-entropy',
  own: 'own objective',
};

/** A summary's figures that are means over the classes, or of an own objective. */
export type MacroAverages = Pick<
  RunSummary,
  | 'trainBalancedAccuracy'
  | 'testBalancedAccuracy'
  | 'trainMacroF1'
  | 'testMacroF1'
  | 'trainOwnObjective'
  | 'testOwnObjective'
>;

const TICKET_FIGURES = {
  'balanced-accuracy': { train: 'trainBalancedAccuracy', test: 'testBalancedAccuracy' },
  'macro-f1': { train: 'trainMacroF1', test: 'testMacroF1' },
  own: { train: 'trainOwnObjective', test: 'testOwnObjective' },
} as const satisfies Record<MacroAverage | typeof OWN, Record<'train' | 'test', keyof MacroAverages>>;

/** The ticket's figures of an objective, on training and test data; undefined where it is neither a mean over classes nor an own one. */
export function macroAverageOf(
  objective: Objective,
  figures: MacroAverages,
): { readonly name: string; readonly train: number; readonly test: number } | undefined {
  if (!isFigure(objective)) return undefined;
  const [train, test] = [figures[TICKET_FIGURES[objective].train], figures[TICKET_FIGURES[objective].test]];
  return train === undefined || test === undefined
    ? undefined
    : { name: OBJECTIVE_NAMES[objective], train, test };
}
