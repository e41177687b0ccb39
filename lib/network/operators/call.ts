/** The values of a model while it is read, and the call of an operator that a reader is given. */
import type { OnnxNode, OnnxTensor } from '../onnx/decoder.ts';
import { ATTRIBUTE_TYPES } from '../onnx/schema.ts';
import { sizeOf } from '../tensor.ts';
import { withSamples } from './mismatch.ts';

/** A whole number, or the number of samples, which is not known. */
export type Whole = number | 'N';

/** Computed of the samples: float32 [N, …shape]. */
export interface Computed {
  readonly kind: 'computed';
  readonly name: string;
  readonly shape: readonly number[];
  /** The node that computes it; undefined for the input of the model. */
  readonly made?: { readonly operation: { readonly op: string }; readonly operands: readonly Readable[] };
}

/** Float32, the same for all samples. */
export interface Fixed {
  readonly kind: 'fixed';
  /** The initializer that it came from, even if transposed or reshaped since. */
  readonly origin: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** The matrix that it is the transpose of. */
  readonly transposeOf?: Fixed;
}

/** Integers or booleans: shapes, axes and what is computed of them. */
export interface Wholes {
  readonly kind: 'wholes';
  readonly shape: readonly number[];
  readonly values: readonly Whole[];
}

/** Whether elements of a value are above a number. */
export interface Condition {
  readonly kind: 'condition';
  readonly of: Computed;
  readonly above: number;
}

/** Could not be read; the reason has been noted. */
interface Unread {
  readonly kind: 'unread';
}

/** The values that operators compute with. */
export type Readable = Computed | Fixed | Wholes;
export type ModelValue = Readable | Condition | Unread;

/** Why an operator cannot be read: what was found, what is allowed, what to do. The node's name is put in front. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** One operator of the model, and its inputs. */
export interface OperatorCall {
  readonly node: OnnxNode;
  readonly operatorSet: number;
  /** Undefined: an optional input that is left out. */
  readonly inputs: readonly (Readable | Condition | undefined)[];
  /** Whether the model is for one fixed number of samples, and which. */
  readonly fixedSamples: number | undefined;
  /** Counts what is computed of constants, so that a hostile model cannot make it endless. */
  readonly spend: (elements: number) => void;
}

/** The same, for a reader that makes such operations of it. */
export interface Call<O> extends OperatorCall {
  /**
   * Adds a node to the graph; returns its output. With a `part` it is a step on the way to the operator's output, which
   * is what the node without one computes.
   */
  readonly add: (operation: O, operands: readonly Readable[], part?: string) => Computed;
}

/** The operator that computes a value; empty for the input of the model. */
export function makerOf({ made }: Computed): string {
  return made?.operation.op ?? '';
}

/** The input at that place, which the operator cannot do without. */
export function inputOf(call: OperatorCall, place: number): Readable {
  const value = call.inputs[place];
  if (value === undefined) throw new Refusal(`has no input ${place + 1}, which ${call.node.opType} needs`);
  if (value.kind === 'condition')
    throw new Refusal(`its input ${place + 1} is a condition; only Where can take one`);
  return value;
}

export function computedOf(call: OperatorCall, place: number): Computed {
  const value = inputOf(call, place);
  if (value.kind !== 'computed')
    throw new Refusal(
      `its input ${place + 1} is ${describe(value)}; it must be computed of the model's input`,
    );
  return value;
}

/** A float32 tensor, computed or fixed. */
export function floatsIn(call: OperatorCall, place: number): Computed | Fixed {
  const value = inputOf(call, place);
  if (value.kind === 'wholes')
    throw new Refusal(`its input ${place + 1} is ${describe(value)}; float32 is needed`);
  return value;
}

export function fixedOf(call: OperatorCall, place: number): Fixed {
  const value = inputOf(call, place);
  if (value.kind !== 'fixed')
    throw new Refusal(`its input ${place + 1} is ${describe(value)}; a float32 constant is needed`);
  return value;
}

/** Whole numbers, the number of samples perhaps among them. */
export function wholesOf(call: OperatorCall, place: number): Wholes {
  const value = inputOf(call, place);
  if (value.kind !== 'wholes')
    throw new Refusal(
      `its input ${place + 1} is ${describe(value)}; whole numbers are needed that do not depend on the data`,
    );
  return value;
}

/** Whole numbers that are known. */
export function knownIn(call: OperatorCall, place: number): number[] {
  return wholesOf(call, place).values.map((value) => {
    if (value === 'N')
      throw new Refusal(`its input ${place + 1} depends on the number of samples; it must be fixed`);
    return value;
  });
}

/** A constant of one element; undefined if the input is left out. */
export function scalarOf(call: OperatorCall, place: number): number | undefined {
  if (call.inputs[place] === undefined) return undefined;
  const { data } = fixedOf(call, place);
  const [value] = data;
  if (value === undefined || data.length !== 1)
    throw new Refusal(`its input ${place + 1} has ${data.length} elements; one is needed`);
  return value;
}

export function describe(value: Readable): string {
  switch (value.kind) {
    case 'computed':
      return `the value "${value.name}" ${withSamples(value.shape)}`;
    case 'fixed':
      return `the constant "${value.origin}" [${value.shape.join(', ')}]`;
    case 'wholes':
      return `${sizeOf(value.shape)} whole number(s)`;
  }
}

function attributeOf({ node }: OperatorCall, name: string, kind: keyof typeof ATTRIBUTE_TYPES) {
  const found = node.attribute.find((attribute) => attribute.name === name);
  const type = ATTRIBUTE_TYPES[kind];
  if (found && (found.type !== type || found.refAttrName !== ''))
    throw new Refusal(`its attribute ${name} is of type ${found.type}; ${kind} (${type}) is needed`);
  return found;
}

export function integer(call: OperatorCall, name: string, fallback: number): number {
  return attributeOf(call, name, 'int')?.i ?? fallback;
}

export function flag(call: OperatorCall, name: string, fallback: boolean): boolean {
  return integer(call, name, Number(fallback)) !== 0;
}

export function integers(call: OperatorCall, name: string): readonly number[] | undefined {
  return attributeOf(call, name, 'ints')?.ints;
}

/** Rounded to float32, as attributes are; finite. */
export function float(call: OperatorCall, name: string, fallback: number): number {
  const value = Math.fround(attributeOf(call, name, 'float')?.f ?? fallback);
  if (!Number.isFinite(value)) throw new Refusal(`its attribute ${name} is ${value}; a number is needed`);
  return value;
}

/** Finite. */
export function floats(call: OperatorCall, name: string): readonly number[] | undefined {
  const values = attributeOf(call, name, 'floats')?.floats;
  if (values?.every(Number.isFinite) === false)
    throw new Refusal(`its attribute ${name} holds what is no number; all must be finite`);
  return values;
}

export function textIn(call: OperatorCall, name: string, fallback: string): string {
  const bytes = attributeOf(call, name, 'string')?.s;
  return bytes ? new TextDecoder().decode(bytes) : fallback;
}

export function tensor(call: OperatorCall, name: string): OnnxTensor | undefined {
  return attributeOf(call, name, 'tensor')?.t;
}

/** An axis of a tensor of that rank, samples' axis included: −1 is the last one. */
export function axisIn(axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (!(Number.isInteger(axis) && found >= 0 && found < rank))
    throw new Refusal(`axis ${axis} of a tensor of ${rank} axes`);
  return found;
}

/** Axes given as an input or, in older sets, as an attribute; undefined where not given. */
export function axesOf(call: OperatorCall, place: number): readonly number[] | undefined {
  return call.inputs[place] === undefined ? integers(call, 'axes') : knownIn(call, place);
}

/** Axes, that of the samples included. */
export function rankOf(value: Readable): number {
  return value.kind === 'computed' ? value.shape.length + 1 : value.shape.length;
}

export function refuseSamplesAxis(call: OperatorCall, axes: readonly number[]): void {
  if (axes.includes(0))
    throw new Refusal(`${call.node.opType} along axis 0, that of the samples; samples must not be combined`);
}
