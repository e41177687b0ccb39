/** The values of a model while it is read, and the call of an operator that a reader is given. */
import type { OnnxNode, OnnxTensor } from '../onnx/decoder.ts';
import { ATTRIBUTE_TYPES } from '../onnx/types.ts';
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

/** The model as calls see it while it is read; `O`: the operations that can be made of them. */
export interface ModelReading<O> {
  readonly operatorSet: number;
  /** Whether the model is for one fixed number of samples, and which. */
  readonly fixedSamples: number | undefined;
  /** Counts what is computed of constants, so that a hostile model cannot make it endless. */
  spend(elements: number): void;
  add(operation: O, operands: readonly Readable[], name: string, output: string): Computed;
}

/** One operator of the model, and its inputs. Its methods throw `Refusal` for what is not as the operator needs it. */
export class Call<O = unknown> {
  readonly node: OnnxNode;
  /** Undefined: an optional input that is left out. */
  readonly inputs: readonly (Readable | Condition | undefined)[];
  readonly model: ModelReading<O>;

  constructor(node: OnnxNode, inputs: Call['inputs'], model: ModelReading<O>) {
    this.node = node;
    this.inputs = inputs;
    this.model = model;
  }

  /** Adds a node; gives its output. With a `part` it is a step on the way to the output of the operator. */
  add(operation: O, operands: readonly Readable[], part?: string): Computed {
    const [output = ''] = this.node.output;
    const suffix = part === undefined ? '' : `/${part}`;
    return this.model.add(operation, operands, `${this.node.name || output}${suffix}`, `${output}${suffix}`);
  }

  /** The input at that place, which the operator cannot do without. */
  input(place: number): Readable {
    const value = this.inputs[place];
    if (value === undefined) throw new Refusal(`has no input ${place + 1}, which ${this.node.opType} needs`);
    if (value.kind === 'condition')
      throw new Refusal(`its input ${place + 1} is a condition; only Where can take one`);
    return value;
  }

  #inputOf<Kind extends Readable['kind']>(place: number, kinds: readonly Kind[], needed: string) {
    const value = this.input(place);
    if (isOf(value, kinds)) return value;
    throw new Refusal(`its input ${place + 1} is ${describe(value)}; ${needed}`);
  }

  computed(place: number): Computed {
    return this.#inputOf(place, ['computed'], "it must be computed of the model's input");
  }

  /** A float32 tensor, computed or fixed. */
  float32(place: number): Computed | Fixed {
    return this.#inputOf(place, ['computed', 'fixed'], 'float32 is needed');
  }

  fixed(place: number): Fixed {
    return this.#inputOf(place, ['fixed'], 'a float32 constant is needed');
  }

  /** Whole numbers, the number of samples perhaps among them. */
  wholes(place: number): Wholes {
    return this.#inputOf(place, ['wholes'], 'whole numbers are needed that do not depend on the data');
  }

  /** Whole numbers that are known. */
  known(place: number): number[] {
    return this.wholes(place).values.map((value) => {
      if (value !== 'N') return value;
      throw new Refusal(`its input ${place + 1} depends on the number of samples; it must be fixed`);
    });
  }

  /** A constant of one element; undefined if the input is left out. */
  scalar(place: number): number | undefined {
    if (this.inputs[place] === undefined) return undefined;
    const { data } = this.fixed(place);
    if (data.length === 1) return data[0];
    throw new Refusal(`its input ${place + 1} has ${data.length} elements; one is needed`);
  }

  #attribute(name: string, kind: keyof typeof ATTRIBUTE_TYPES) {
    const found = this.node.attribute.find((attribute) => attribute.name === name);
    const type = ATTRIBUTE_TYPES[kind];
    if (!found || (found.type === type && found.refAttrName === '')) return found;
    throw new Refusal(`its attribute ${name} is of type ${found.type}; ${kind} (${type}) is needed`);
  }

  has(attribute: string): boolean {
    return this.node.attribute.some(({ name }) => name === attribute);
  }

  integer(name: string, fallback: number): number {
    return this.#attribute(name, 'int')?.i ?? fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.integer(name, Number(fallback)) !== 0;
  }

  integers(name: string): readonly number[] | undefined {
    return this.#attribute(name, 'ints')?.ints;
  }

  /** Rounded to float32, as attributes are; finite. */
  float(name: string, fallback: number): number {
    const value = Math.fround(this.#attribute(name, 'float')?.f ?? fallback);
    if (Number.isFinite(value)) return value;
    throw new Refusal(`its attribute ${name} is ${value}; a number is needed`);
  }

  /** Finite. */
  floats(name: string): readonly number[] | undefined {
    const values = this.#attribute(name, 'floats')?.floats;
    if (values?.every(Number.isFinite) !== false) return values;
    throw new Refusal(`its attribute ${name} holds a value that is not a number; all must be finite`);
  }

  text(name: string, fallback: string): string {
    const bytes = this.#attribute(name, 'string')?.s;
    return bytes ? new TextDecoder().decode(bytes) : fallback;
  }

  tensor(name: string): OnnxTensor | undefined {
    return this.#attribute(name, 'tensor')?.t;
  }

  /** Axes given as an input or, in older sets, as an attribute; undefined where not given. */
  axes(place: number): readonly number[] | undefined {
    return this.inputs[place] === undefined ? this.integers('axes') : this.known(place);
  }

  refuseSamplesAxis(axes: readonly number[]): void {
    if (axes.includes(0))
      throw new Refusal(
        `${this.node.opType} along axis 0, the axis of the samples; samples must not be combined`,
      );
  }
}

function isOf<Kind extends Readable['kind']>(
  value: Readable,
  kinds: readonly Kind[],
): value is Extract<Readable, { readonly kind: Kind }> {
  return kinds.some((kind) => kind === value.kind);
}

/** The operator that computes a value; empty for the input of the model. */
export function makerOf({ made }: Computed): string {
  return made?.operation.op ?? '';
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

/** An axis of a tensor of that rank, samples' axis included: −1 is the last one. */
export function axisIn(axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (!(Number.isInteger(axis) && found >= 0 && found < rank))
    throw new Refusal(`axis ${axis} of a tensor of ${rank} axes`);
  return found;
}

/** Axes, that of the samples included. */
export function rankOf(value: Readable): number {
  return value.kind === 'computed' ? value.shape.length + 1 : value.shape.length;
}
