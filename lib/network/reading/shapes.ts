/** Operators that change shapes only; what they are told by is folded, be it computed of the input's shape. */
import { sizeOf } from '../graph.ts';
import { withSamples } from '../shapes.ts';
import { broadcastShape, expanded, reshaped, transposed } from './constants.ts';
import {
  axisOf,
  type Call,
  type Computed,
  computedOf,
  describe,
  type Fixed,
  flag,
  floatsOf,
  inputOf,
  integer,
  integers,
  knownOf,
  type OperatorReader,
  type Readable,
  Refusal,
  type Whole,
  wholesOf,
} from './values.ts';

/** The value in another shape of one sample; itself where nothing changes. */
export function reshape(call: Call, x: Computed, shape: readonly number[]): Computed {
  const same = shape.length === x.shape.length && shape.every((size, axis) => size === x.shape[axis]);
  return same ? x : call.add({ op: 'Reshape', shape: [...shape] }, [x]);
}

/** Axes given as an input or, in older sets, as an attribute; undefined where not given. */
export function axesOf(call: Call, place: number): readonly number[] | undefined {
  return call.inputs[place] === undefined ? integers(call, 'axes') : knownOf(call, place);
}

/** The whole shape, samples' axis included. */
function rankOf(value: Readable): number {
  return value.kind === 'computed' ? value.shape.length + 1 : value.shape.length;
}

function refuseSamplesAxis(call: Call, axes: readonly number[]): void {
  if (axes.includes(0))
    throw new Refusal(`${call.node.opType} along axis 0, that of the samples; each sample stays by itself`);
}

export const readReshape: OperatorReader = (call) => {
  const x = inputOf(call, 0);
  const given = call.inputs[1] === undefined ? (integers(call, 'shape') ?? []) : wholesOf(call, 1).values;
  const literal = flag(call, 'allowzero', false);
  const own = x.kind === 'computed' ? ['N' as const, ...x.shape] : x.shape;
  const target = given.map((size, axis) => (size === 0 && !literal ? (own[axis] ?? 0) : size));
  if (target.some((size) => size !== 'N' && !(Number.isSafeInteger(size) && (size === -1 || size > 0))))
    throw new Refusal(`a shape [${given.join(', ')}]; sizes from 1 and one −1 are allowed`);
  if (x.kind === 'computed') return reshape(call, x, sampleShape(call, x, target));
  const shape = solved(target, x.kind === 'fixed' ? x.data.length : x.values.length, given);
  return x.kind === 'fixed' ? reshaped(x, shape) : { ...x, shape };
};

/** The shape with −1 put right. */
function solved(target: readonly Whole[], size: number, given: readonly Whole[]): number[] {
  const known = target.map((one) => (one === 'N' ? 0 : one));
  const rest = sizeOf(known.filter((one) => one !== -1));
  const shape = known.map((one) => (one === -1 ? size / rest : one));
  if (
    known.filter((one) => one === -1).length > 1 ||
    sizeOf(shape) !== size ||
    !shape.every(Number.isInteger)
  )
    throw new Refusal(`a shape [${given.join(', ')}] for ${size} values`);
  return shape;
}

function sampleShape({ fixedSamples }: Call, x: Computed, target: readonly Whole[]): number[] {
  const [first, ...rest] = target;
  const size = sizeOf(x.shape);
  const keeps =
    first === 'N' ||
    (fixedSamples !== undefined && first === fixedSamples) ||
    (first === -1 && !rest.includes(-1) && !rest.includes('N') && sizeOf(rest.map(Number)) === size);
  if (!keeps || rest.includes('N'))
    throw new Refusal(
      `turns ${withSamples(x.shape)} into [${target.join(', ')}], which mixes the samples; the first axis must stay theirs. Reshape with -1, or the batch size, in front`,
    );
  return solved(rest, size, target);
}

export const readFlatten: OperatorReader = (call) => {
  const x = floatsOf(call, 0);
  const rank = rankOf(x);
  const axis = integer(call, 'axis', 1);
  const at = axis === rank ? rank : axisOf(axis, rank);
  if (x.kind === 'fixed') return reshaped(x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))]);
  if (at === 0 || sizeOf(x.shape.slice(0, at - 1)) !== 1)
    throw new Refusal(
      `flattens ${withSamples(x.shape)} at axis ${axis}; only axis 1 keeps the samples apart`,
    );
  return reshape(call, x, [sizeOf(x.shape)]);
};

export const readSqueeze: OperatorReader = (call) => {
  const x = inputOf(call, 0);
  const rank = rankOf(x);
  const given = axesOf(call, 1)?.map((axis) => axisOf(axis, rank));
  const lead = x.kind === 'computed' ? 1 : 0;
  const axes = given ?? x.shape.flatMap((size, axis) => (size === 1 ? [axis + lead] : []));
  if (lead === 1) refuseSamplesAxis(call, axes);
  if (axes.some((axis) => x.shape[axis - lead] !== 1))
    throw new Refusal(`axes [${axes.join(', ')}] of ${describe(x)}, which are not all of size 1`);
  const shape = x.shape.filter((_, axis) => !axes.includes(axis + lead));
  if (x.kind === 'computed') return reshape(call, x, shape);
  return { ...x, shape };
};

export const readUnsqueeze: OperatorReader = (call) => {
  const x = inputOf(call, 0);
  const given = axesOf(call, 1) ?? [];
  const rank = rankOf(x) + given.length;
  const axes = given.map((axis) => axisOf(axis, rank));
  const lead = x.kind === 'computed' ? 1 : 0;
  if (lead === 1) refuseSamplesAxis(call, axes);
  if (new Set(axes).size !== axes.length) throw new Refusal(`axes [${given.join(', ')}], some of them twice`);
  const before = [...x.shape];
  const shape = Array.from({ length: rank - lead }, (_, axis) =>
    axes.includes(axis + lead) ? 1 : (before.shift() ?? 1),
  );
  if (x.kind === 'computed') return reshape(call, x, shape);
  return { ...x, shape };
};

export const readTranspose: OperatorReader = (call) => {
  const x = floatsOf(call, 0);
  const rank = rankOf(x);
  const perm = integers(call, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (perm.length !== rank || perm.toSorted((a, b) => a - b).some((axis, index) => axis !== index))
    throw new Refusal(`perm [${perm.join(', ')}] of ${describe(x)}`);
  if (x.kind === 'fixed') {
    call.spend(x.data.length);
    return transposed(x, perm);
  }
  if (perm.every((axis, index) => axis === index)) return x;
  return call.add({ op: 'Transpose', perm: [...perm] }, [x]);
};

export const readConcat: OperatorReader = (call) => {
  const operands = call.inputs.flatMap((value) => (value === undefined ? [] : [value]));
  const first = inputOf(call, 0);
  const axis = axisOf(integer(call, 'axis', 1), rankOf(first));
  if (first.kind === 'wholes') {
    const values = operands.flatMap((_, place) => wholesOf(call, place).values);
    return { kind: 'wholes', shape: [values.length], values };
  }
  refuseSamplesAxis(call, [axis]);
  if (operands.length === 1) return computedOf(call, 0);
  return call.add(
    { op: 'Concat', axis },
    operands.map((_, place) => computedOf(call, place)),
  );
};

export const readExpand: OperatorReader = (call) => {
  const x = inputOf(call, 0);
  if (x.kind === 'computed') throw new Refusal(`expands ${describe(x)}; only constants may be expanded`);
  const shape = broadcastShape(x.shape, knownOf(call, 1));
  call.spend(sizeOf(shape));
  if (x.kind === 'fixed') return expanded(x, shape);
  const [value] = x.values;
  if (sizeOf(shape) === x.values.length) return { ...x, shape };
  if (value === undefined || x.values.length !== 1)
    throw new Refusal(`expands ${describe(x)}; one is supported`);
  return { ...x, shape, values: Array.from({ length: sizeOf(shape) }, () => value) };
};

export const readShape: OperatorReader = (call) => {
  const x = inputOf(call, 0);
  const shape: Whole[] = x.kind === 'computed' ? ['N', ...x.shape] : [...x.shape];
  const end = call.node.attribute.some(({ name }) => name === 'end')
    ? integer(call, 'end', shape.length)
    : shape.length;
  const values = shape.slice(integer(call, 'start', 0), end);
  return { kind: 'wholes', shape: [values.length], values };
};

/** The shape, or other whole numbers, that an operator picks from; of values only whole ones can be read. */
function pickedFrom(call: Call): readonly Whole[] {
  const x = inputOf(call, 0);
  if (x.kind === 'wholes') return x.values;
  throw new Refusal(`takes a part of ${describe(x)}; only parts of shapes can be taken, values stay whole`);
}

export const readGather: OperatorReader = (call) => {
  const values = pickedFrom(call);
  const indices = wholesOf(call, 1);
  const picked = knownOf(call, 1).map((index) => values[axisOf(index, values.length)] ?? 0);
  return { kind: 'wholes', shape: indices.shape, values: picked };
};

/** Operator set from which Slice takes its positions as inputs. */
const SLICE_BY_INPUTS = 10;

export const readSlice: OperatorReader = (call) => {
  const values = pickedFrom(call);
  const byInputs = call.operatorSet >= SLICE_BY_INPUTS;
  const given = (place: number, name: string) =>
    byInputs ? call.inputs[place] && knownOf(call, place) : integers(call, name);
  const [start = 0] = given(1, 'starts') ?? [];
  const [end = values.length] = given(2, 'ends') ?? [];
  const [axis = 0] = given(3, 'axes') ?? [];
  const [step = 1] = given(4, 'steps') ?? [];
  if (step !== 1 || axisOf(axis, 1) !== 0)
    throw new Refusal('slices a shape otherwise than from one place to another');
  const part = values.slice(start, end);
  return { kind: 'wholes', shape: [part.length], values: part };
};

/** The same for one whole number and another; `N` goes through what leaves it alone. */
export function combineWholes(
  call: Call,
  of: (a: number, b: number) => number,
  neutral: number,
  commutes: boolean,
): Readable {
  const a = wholesOf(call, 0);
  const b = wholesOf(call, 1);
  const length = Math.max(a.values.length, b.values.length);
  const values = Array.from({ length }, (_, index): Whole => {
    const left = a.values[a.values.length === 1 ? 0 : index];
    const right = b.values[b.values.length === 1 ? 0 : index];
    if (left === undefined || right === undefined) throw new Refusal('shapes that do not fit each other');
    if (left === 'N' && right === neutral) return 'N';
    if (commutes && right === 'N' && left === neutral) return 'N';
    if (left === 'N' || right === 'N')
      throw new Refusal('computes with the number of samples; only as a size by itself it may be used');
    return Math.trunc(of(left, right));
  });
  return { kind: 'wholes', shape: a.values.length >= b.values.length ? a.shape : b.shape, values };
}

/** A constant beside a computed value of that rank: without the axis that it has for the samples. */
export function besideSamples(fixed: Fixed, rank: number): Fixed {
  let { shape } = fixed;
  while (shape.length > rank && shape[0] === 1) shape = shape.slice(1);
  if (shape.length > rank)
    throw new Refusal(
      `the constant "${fixed.origin}" [${fixed.shape.join(', ')}] has an axis for the samples, or more axes than what it meets; each sample must get the same`,
    );
  return { ...fixed, shape };
}
