/** Elements of one value around a tensor; negative pads cut. */
import { sizeOf, stridesOf } from '../tensor.ts';
import { axisIn, Refusal } from './call.ts';
import { check, withSamples } from './mismatch.ts';
import { moving } from './moves.ts';

/** `pads`: per axis of one sample, begins, then ends. */
export interface Pad {
  readonly op: 'Pad';
  readonly pads: readonly number[];
  readonly value: number;
}

/** Operator set from which Pad takes its pads as inputs. */
const BY_INPUTS = 11;

export const pad = moving<Pad>({
  read(call) {
    const x = call.computed(0);
    const rank = x.shape.length + 1;
    const mode = call.text('mode', 'constant');
    if (mode !== 'constant') throw new Refusal(`pads by the mode "${mode}"; only "constant" is supported`);
    const byInputs = call.model.operatorSet >= BY_INPUTS;
    const given = byInputs ? call.known(1) : (call.integers('pads') ?? []);
    const value = byInputs ? (call.scalar(2) ?? 0) : call.float('value', 0);
    const axes =
      call.inputs[3] === undefined
        ? Array.from({ length: rank }, (_, axis) => axis)
        : call.known(3).map((axis) => axisIn(axis, rank));
    const whole = Array.from({ length: 2 * rank }, () => 0);
    for (const [place, axis] of axes.entries()) {
      whole[axis] = given[place] ?? -1;
      whole[rank + axis] = given[axes.length + place] ?? -1;
    }
    if (given.length !== 2 * axes.length || !whole.every((size) => Number.isSafeInteger(size) && size >= 0))
      throw new Refusal(`pads [${given.join(', ')}]; two numbers from 0 for each axis are needed`);
    if (whole[0] !== 0 || whole[rank] !== 0)
      throw new Refusal('pads axis 0, the axis of the samples; samples must not be combined');
    if (whole.every((size) => size === 0)) return x;
    return call.add({ op: 'Pad', pads: [...whole.slice(1, rank), ...whole.slice(rank + 1)], value }, [x]);
  },
  shape({ pads }, [x]) {
    const shape = x?.shape ?? [];
    check(pads.length === 2 * shape.length, () => `${pads.length} pads for ${withSamples(shape)}`);
    return shape.map((size, axis) => size + (pads[axis] ?? 0) + (pads[shape.length + axis] ?? 0));
  },
  places({ pads }, _, { inputs, shape }) {
    const from = inputs[0]?.shape ?? [];
    const [strides, coordinates] = [stridesOf(shape), stridesOf(from)];
    const places = new Int32Array(sizeOf(from));
    for (let element = 0; element < places.length; element++) {
      let rest = element;
      let place = 0;
      for (let axis = 0; axis < from.length; axis++) {
        const coordinate = Math.floor(rest / (coordinates[axis] ?? 1)) + (pads[axis] ?? 0);
        rest %= coordinates[axis] ?? 1;
        const inside = place >= 0 && coordinate >= 0 && coordinate < (shape[axis] ?? 0);
        place = inside ? place + coordinate * (strides[axis] ?? 1) : -1;
      }
      places[element] = place;
    }
    return places;
  },
  filling: ({ value }) => value,
  ties: ({ pads }) => (pads[0] === 0 && pads[pads.length / 2] === 0 ? 'each' : 'all'),
  write({ pads, value }, { inputs, write, ints, scalar }) {
    const axes = pads.length / 2;
    const whole = ints('pads', [0, ...pads.slice(0, axes), 0, ...pads.slice(axes)]);
    return write({}, [...inputs, whole, scalar('value', value)]);
  },
});
