/** Objectives in words, and the figures of a summary that belong to them. */
import { isMacroAverage, type MacroAverage, type Objective } from '../../search/individual.ts';
import type { RunSummary } from '../summary.ts';

export const OBJECTIVE_NAMES: Readonly<Record<Objective, string>> = {
  accuracy: 'accuracy',
  'accuracy-then-cross-entropy': 'accuracy, then cross-entropy',
  'balanced-accuracy': 'balanced accuracy',
  'macro-f1': 'macro-F1',
  'cross-entropy': 'cross-entropy',
};

/** A summary's figures that are means over the classes. */
export type MacroAverages = Pick<
  RunSummary,
  'trainBalancedAccuracy' | 'testBalancedAccuracy' | 'trainMacroF1' | 'testMacroF1'
>;

const TICKET_FIGURES = {
  'balanced-accuracy': { train: 'trainBalancedAccuracy', test: 'testBalancedAccuracy' },
  'macro-f1': { train: 'trainMacroF1', test: 'testMacroF1' },
} as const satisfies Record<MacroAverage, Record<'train' | 'test', keyof MacroAverages>>;

/** The ticket's figures of an objective, on training and test data; undefined where it is no mean over classes. */
export function macroAverageOf(
  objective: Objective,
  figures: MacroAverages,
): { readonly name: string; readonly train: number; readonly test: number } | undefined {
  if (!isMacroAverage(objective)) return undefined;
  const { train, test } = TICKET_FIGURES[objective];
  return { name: OBJECTIVE_NAMES[objective], train: figures[train], test: figures[test] };
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
