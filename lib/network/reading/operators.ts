/** The readers of all operators: those of graphs, and those that become several of them or a constant. */
import type { Readable } from '../operators/call.ts';
import { OPERATORS, type Reader } from '../operators/table.ts';
import { COMPOSITIONS, readScaler } from './compositions.ts';
import { CONDITIONS } from './conditions.ts';
import { CONSTANTS } from './constants.ts';
import { SHAPES } from './shapes.ts';

const OF_GRAPHS = Object.entries(OPERATORS).map(([name, rules]): [string, Reader] => [
  name,
  (call): Readable => rules.read(call),
]);

/** Operators of the standard's own domain. */
export const READERS: ReadonlyMap<string, Reader> = new Map(
  [...OF_GRAPHS, ...Object.entries({ ...CONSTANTS, ...SHAPES, ...CONDITIONS, ...COMPOSITIONS })].toSorted(
    ([a], [b]) => a.localeCompare(b, 'en'),
  ),
);

/** Operators of the domain ai.onnx.ml, which scikit-learn's models are written in. */
export const CLASSICAL_READERS: ReadonlyMap<string, Reader> = new Map([['Scaler', readScaler]]);

/** Why an operator that is not among them is not. */
export function refusalOfOperator(operator: string): string | undefined {
  if (/^(LSTM|GRU|RNN)$/.test(operator)) return 'is recurrent; only feed-forward networks are supported';
  if (/^(Loop|Scan|If|SequenceMap)$/.test(operator))
    return 'is control flow (a loop or a branch); only feed-forward networks are supported. Export the model without it, e.g. with fixed shapes';
  if (/Linear|Integer/.test(operator))
    return 'computes with integers; quantised networks are not supported. Export the float32 network that it was made of';
  return undefined;
}
