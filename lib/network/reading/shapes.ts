/** Operators that change shapes only; their arguments are constants, or computed from the input's shape, and are folded. */
import { axisIn, type Call, describe, Refusal, rankOf, type Whole } from '../operators/call.ts';
import { broadcastShape, expanded, reshaped } from '../operators/folding.ts';
import { withSamples } from '../operators/mismatch.ts';
import { inShape } from '../operators/reshape.ts';
import type { Reader } from '../operators/table.ts';
import { sizeOf } from '../tensor.ts';

/** Operator set from which Slice takes its positions as inputs. */
const SLICE_BY_INPUTS = 10;

export const SHAPES: Readonly<Record<string, Reader>> = {
  Flatten(call) {
    const x = call.float32(0);
    const rank = rankOf(x);
    const axis = call.integer('axis', 1);
    const at = axis === rank ? rank : axisIn(axis, rank);
    if (x.kind === 'fixed') return reshaped(x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))]);
    if (at === 0 || sizeOf(x.shape.slice(0, at - 1)) !== 1)
      throw new Refusal(
        `flattens ${withSamples(x.shape)} at axis ${axis}; only axis 1 keeps the samples apart`,
      );
    return inShape(call, x, [sizeOf(x.shape)]);
  },

  Squeeze(call) {
    const x = call.input(0);
    const rank = rankOf(x);
    const given = call.axes(1)?.map((axis) => axisIn(axis, rank));
    const lead = x.kind === 'computed' ? 1 : 0;
    const axes = given ?? x.shape.flatMap((size, axis) => (size === 1 ? [axis + lead] : []));
    if (lead === 1) call.refuseSamplesAxis(axes);
    if (axes.some((axis) => x.shape[axis - lead] !== 1))
      throw new Refusal(`axes [${axes.join(', ')}] of ${describe(x)}, which are not all of size 1`);
    const shape = x.shape.filter((_, axis) => !axes.includes(axis + lead));
    if (x.kind === 'computed') return inShape(call, x, shape);
    return { ...x, shape };
  },

  Unsqueeze(call) {
    const x = call.input(0);
    const given = call.axes(1) ?? [];
    const rank = rankOf(x) + given.length;
    const axes = given.map((axis) => axisIn(axis, rank));
    const lead = x.kind === 'computed' ? 1 : 0;
    if (lead === 1) call.refuseSamplesAxis(axes);
    if (new Set(axes).size !== axes.length)
      throw new Refusal(`axes [${given.join(', ')}], some of them twice`);
    const before = [...x.shape];
    const shape = Array.from({ length: rank - lead }, (_, axis) =>
      axes.includes(axis + lead) ? 1 : (before.shift() ?? 1),
    );
    if (x.kind === 'computed') return inShape(call, x, shape);
    return { ...x, shape };
  },

  Expand(call) {
    const x = call.input(0);
    if (x.kind === 'computed') throw new Refusal(`expands ${describe(x)}; only constants may be expanded`);
    const shape = broadcastShape(x.shape, call.known(1));
    call.model.spend(sizeOf(shape));
    if (x.kind === 'fixed') return expanded(x, shape);
    const [value] = x.values;
    if (sizeOf(shape) === x.values.length) return { ...x, shape };
    if (value === undefined || x.values.length !== 1)
      throw new Refusal(`expands ${describe(x)}; one is supported`);
    return { ...x, shape, values: Array.from({ length: sizeOf(shape) }, () => value) };
  },

  Shape(call) {
    const x = call.input(0);
    const shape: Whole[] = x.kind === 'computed' ? ['N', ...x.shape] : [...x.shape];
    const end = call.integer('end', shape.length);
    const values = shape.slice(call.integer('start', 0), end);
    return { kind: 'wholes', shape: [values.length], values };
  },

  Gather(call) {
    const values = pickedFrom(call);
    const indices = call.wholes(1);
    const picked = call.known(1).map((index) => values[axisIn(index, values.length)] ?? 0);
    return { kind: 'wholes', shape: indices.shape, values: picked };
  },

  Slice(call) {
    const values = pickedFrom(call);
    const byInputs = call.model.operatorSet >= SLICE_BY_INPUTS;
    const given = (place: number, name: string) =>
      byInputs ? call.inputs[place] && call.known(place) : call.integers(name);
    const [start = 0] = given(1, 'starts') ?? [];
    const [end = values.length] = given(2, 'ends') ?? [];
    const [axis = 0] = given(3, 'axes') ?? [];
    const [step = 1] = given(4, 'steps') ?? [];
    if (step !== 1 || axisIn(axis, 1) !== 0)
      throw new Refusal('slices a shape otherwise than from one place to another');
    const part = values.slice(start, end);
    return { kind: 'wholes', shape: [part.length], values: part };
  },
};

/** The shape, or other whole numbers, that an operator picks from; of values only whole ones can be read. */
function pickedFrom(call: Call): readonly Whole[] {
  const x = call.input(0);
  if (x.kind === 'wholes') return x.values;
  throw new Refusal(`takes a part of ${describe(x)}; only parts of shapes can be taken, values stay whole`);
}
