/** Models of a few nodes, to see how one form is read. */

import type { Graph } from '../../lib/network/graph.ts';
import { type Attribute, type Dimension, GraphBuilder } from '../../lib/network/onnx/graph-builder.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';

export type Attributes = Readonly<Record<string, Attribute>>;

export interface Form {
  readonly operatorSet?: number;
  readonly input?: readonly Dimension[];
  /** Adds nodes; gives the output. */
  readonly nodes: (model: GraphBuilder, x: string) => string;
}

function modelOf({ operatorSet = 17, input = ['N', 4], nodes }: Form): Uint8Array {
  const model = new GraphBuilder(operatorSet);
  const output = nodes(model, model.input('x', 'float32', input));
  model.output(output, 'float32', ['N', 'classes']);
  return model.build('form');
}

export const read = (form: Form): Graph => readGraph(modelOf(form), 'form.onnx');

export const counting = (...shape: number[]) =>
  Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) => index + 1);
export const constant = (model: GraphBuilder, name: string, ...shape: number[]) =>
  model.floats(name, shape, counting(...shape));

/** A last layer of two classes for values [N, width]. */
export function dense(model: GraphBuilder, value: string, width: number): string {
  return model.node('Gemm', [value, constant(model, 'last.weight', 2, width)], 'logits', { transB: 1 });
}
