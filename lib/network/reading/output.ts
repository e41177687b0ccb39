/** Which output of a model holds the scores of the classes, and the logits that they are computed of. */
import { listed } from '../../base/listed.ts';
import type { OnnxGraph, OnnxNode } from '../onnx/decoder.ts';
import { ELEMENT_TYPES } from '../onnx/types.ts';
import {
  type Computed,
  type Fixed,
  type ModelReading,
  makerOf,
  type Readable,
  Refusal,
} from '../operators/call.ts';
import type { Operation } from '../operators/table.ts';
import { sizeOf } from '../tensor.ts';
import { adviceOn, typeName } from './tensors.ts';

/** A node of the graph, its inputs still values. */
export type ReadNode = {
  readonly operation: Operation;
  readonly name: string;
  readonly operands: readonly Readable[];
  readonly output: string;
};

/**
 * The name of the value that holds the scores: the one float32 output. Labels are whole numbers; probabilities that a
 * ZipMap of scikit-learn's turns into dictionaries are taken in front of it. Throws `Refusal`.
 */
export function scoresOutput(graph: OnnxGraph, producers: ReadonlyMap<string, OnnxNode>): string {
  const found = graph.output.flatMap(({ name, type }) => {
    const node = producers.get(name);
    if (node?.opType === 'ZipMap') return node.input.slice(0, 1);
    return type.tensorType?.elemType === ELEMENT_TYPES.float32 ? [name] : [];
  });
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const matrices = graph.output.filter(({ type }) => type.tensorType?.shape?.dim.length === 2);
  const ofRank = found.filter((name) => matrices.some((output) => output.name === name));
  const [matrix] = ofRank;
  if (matrix !== undefined && ofRank.length === 1) return matrix;
  if (found.length > 1)
    throw new Refusal(
      `there are ${found.length} of float32 (${quotedNames(found)}); one is needed, [N, classes]. Export the model with the logits as its only output`,
    );
  const [output] = graph.output;
  if (output === undefined) throw new Refusal('there is none; the logits [N, classes] are needed');
  const type = output.type.tensorType?.elemType ?? 0;
  throw new Refusal(
    `"${output.name}" is ${typeName(type)}; float32 logits [N, classes] are needed. ${adviceOn(type)}`,
  );
}

/** The first few of those names. */
export function quotedNames(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return listed(quoted, 8);
}

/**
 * The logits: what a last softmax is of, in whatever shape. Of a binary classifier, whose one score p is the sigmoid of z,
 * alone or after 1 − p, they are [0, z]: their softmax is [1 − p, p].
 */
export function logitsOf(scores: Computed, model: ModelReading<Operation>): Computed {
  let value = scores;
  for (;;) {
    const softmax = beforeReshapes(value);
    const [x] = softmax.made?.operands ?? [];
    if (!/^(Log)?Softmax$/.test(makerOf(softmax)) || !isOverAll(softmax) || x?.kind !== 'computed') break;
    value = inShape(x, value.shape, model);
  }
  const score = scoreOf(value);
  if (score === undefined) return value;
  const origin = `${score.name}/classes`;
  const both: Fixed = { kind: 'fixed', origin, shape: [2], data: Float32Array.of(0, 1) };
  const name = `${score.name}/logits`;
  return model.add({ op: 'Mul' }, [inShape(score, [1], model), both], name, name);
}

/** The value that is only reshaped to this one. */
function beforeReshapes(value: Computed): Computed {
  const [x] = value.made?.operands ?? [];
  return makerOf(value) === 'Reshape' && x?.kind === 'computed' ? beforeReshapes(x) : value;
}

/** Whether the operation runs along the axis of all elements. */
function isOverAll({ made, shape }: Computed): boolean {
  const operation = made?.operation ?? {};
  return 'axis' in operation && shape[Number(operation.axis) - 1] === sizeOf(shape);
}

function inShape(x: Computed, shape: readonly number[], model: ModelReading<Operation>): Computed {
  if (x.shape.join() === shape.join()) return x;
  const name = `${x.name}/row`;
  return model.add({ op: 'Reshape', shape }, [x], name, name);
}

/** z, of one element, where the value is σ(z) or [1 − σ(z), σ(z)]. */
function scoreOf(value: Computed): Computed | undefined {
  let share: Readable | undefined = value;
  const [first, second, ...others] = value.made?.operands ?? [];
  if (makerOf(value) === 'Concat' && others.length === 0) {
    const [one, taken] =
      first?.kind === 'computed' && makerOf(first) === 'Sub' ? (first.made?.operands ?? []) : [];
    if (one?.kind !== 'fixed' || !one.data.every((it) => it === 1) || taken !== second) return undefined;
    share = second;
  }
  if (share?.kind !== 'computed' || sizeOf(share.shape) !== 1) return undefined;
  const sigmoid = beforeReshapes(share);
  const [z] = makerOf(sigmoid) === 'Sigmoid' ? (sigmoid.made?.operands ?? []) : [];
  if (z?.kind !== 'computed') return undefined;
  return z.shape.length === 1 ? z : beforeReshapes(z);
}
