/** Lists of the kept weights that lead from what a flip changes to the logits. */
import { BLOCK, depth, inputsOf, lists, outputsOf, weightAt, weightTo } from './network';
import { at } from './numbers';
import { addProducts } from './products';

const ROW: usize = BLOCK << 2;

/** Bytes of the lists: entries of 8 bytes, a row in `first` or `second` and a weight. */
let listed: usize = 0;
/** For each layer behind the next one the address of the list's index (an address for each unit, and the end). */
const INDEX = memory.data(4 * 64, 16);
/** Units of the next layer that the flipped unit leads to. */
export let active: i32 = 0;

// @ts-ignore: decorator
@inline
export function activeUnit(index: i32): i32 {
  return load<i32>(lists + (<usize>index << 3));
}
// @ts-ignore: decorator
@inline
export function activeWeight(index: i32): f32 {
  return load<f32>(lists + (<usize>index << 3), 4);
}

/** Lists the kept weights on the way from the flipped unit to the logits. */
export function listWeights(layer: i32, output: i32): bool {
  listed = lists;
  const next = layer + 1;
  active = 0;
  for (let k = 0; k < outputsOf(next); k++) {
    const value = load<f32>(weightAt(next, k, output));
    if (value == 0) continue;
    store<i32>(listed, k);
    store<f32>(listed, value, 4);
    listed += 8;
    active++;
  }
  for (let index = layer + 2; index < depth; index++) listLayer(index, index == layer + 2);
  return active > 0;
}

/** Lists the kept weights of all layers but the first. */
export function listLayers(): bool {
  listed = lists;
  for (let index = 1; index < depth; index++) listLayer(index, false);
  return true;
}

/** Lists the kept weights of a layer. `inPart`: of the active units alone, whose rows are then in their order. */
function listLayer(index: i32, inPart: bool): void {
  store<u32>(INDEX + (<usize>index << 2), <u32>listed);
  const outputs = outputsOf(index);
  let entry = at(listed, outputs + 1);
  for (let k = 0; k < outputs; k++) {
    store<u32>(at(listed, k), <u32>entry);
    const count = inPart ? active : inputsOf(index);
    for (let i = 0; i < count; i++) {
      const from = inPart ? load<i32>(lists + (<usize>i << 3)) : i;
      const value = weightTo(index, k, from);
      if (value == 0) continue;
      store<u32>(entry, <u32>i * <u32>ROW);
      store<f32>(entry, value, 4);
      entry += 8;
    }
  }
  store<u32>(at(listed, outputs), <u32>entry);
  listed = entry;
}

/** The change of a unit's sum: the listed weights times the changes that lie at `from`. */
export function addListed(index: i32, k: i32, from: usize, into: usize, bytes: usize): void {
  const list = <usize>load<u32>(INDEX + (<usize>index << 2));
  const begin = <usize>load<u32>(at(list, k));
  const end = <usize>load<u32>(at(list, k + 1));
  addProducts(begin, end, from, into, bytes);
}
