/** Weights and masks from users' files, for a network that is known: what lets anyone check Tombola against their own code. */
import { UserError } from '../base/errors.ts';
import type { NumberArray } from '../data/formats/entry.ts';
import { denseLayers } from '../network/architecture.ts';
import type { Constant } from '../network/graph.ts';
import { type AnyNetwork, isGraph } from '../network/network.ts';
import { bytesPerGenome, clearPadding, emptyMasks, type PackedMasks, pack } from '../search/genome.ts';
import { bitsOf, prunableOf, tensorsOf } from './networks.ts';

type Arrays = ReadonlyMap<string, NumberArray>;

/** Tensors that are listed one by one in an error. */
const MOST_LISTED = 8;

const shapeText = (shape: readonly number[]) => `[${shape.join(', ')}]`;
const listed = (names: readonly string[]) =>
  names.length <= MOST_LISTED
    ? names.join(', ')
    : `${names.slice(0, MOST_LISTED).join(', ')} and ${names.length - MOST_LISTED} more`;

/**
 * The network with the tensors of a file in place of its own: all that can be pruned, and all biases of a perceptron, must
 * be there; of a graph other constants may be. Masks are not looked at. Throws UserError with every problem.
 */
export function withWeights(network: AnyNetwork, arrays: Arrays, file: string): AnyNetwork {
  const tensors = tensorsOf(network);
  const problems: string[] = [];
  const missing = tensors
    .filter(({ name, offset }) => !arrays.has(name) && (offset !== undefined || !isGraph(network)))
    .map(({ name, shape }) => `'${name}' ${shapeText(shape)}`);
  if (missing.length > 0) problems.push(`lacks ${listed(missing)}`);
  const known = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const masks = new Set(tensors.map(({ mask }) => mask));
  const extra = [...arrays.keys()].filter((name) => !known.has(name) && !masks.has(name));
  if (extra.length > 0)
    problems.push(`has ${listed(extra.map((name) => `'${name}'`))}, which the network does not have`);
  const values = new Map<string, Float32Array>();
  for (const { name, shape } of tensors) {
    const array = arrays.get(name);
    if (!array) continue;
    if (shapeText(array.shape) !== shapeText(shape)) {
      problems.push(`'${name}' has shape ${shapeText(array.shape)}, expected ${shapeText(shape)}`);
      continue;
    }
    const data = Float32Array.from(array.data);
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) problems.push(`'${name}' holds ${data[bad]} at place ${bad}, expected finite numbers`);
    values.set(name, data);
  }
  if (problems.length > 0) {
    const expected = tensors.map(({ name, shape }) => `${name} ${shapeText(shape)}`);
    throw new UserError(
      [
        ...problems.map((problem) => `${file}: ${problem}`),
        `expected the network's tensors, float32, by these names: ${listed(expected)}; a run's ticket.safetensors shows all of them`,
      ].join('\n'),
    );
  }
  if (!isGraph(network)) {
    const layers = denseLayers(network.widths);
    return {
      ...network,
      weights: layers.map(({ name }) => values.get(`${name}.weight`) ?? new Float32Array()),
      biases: layers.map(({ name }) => values.get(`${name}.bias`) ?? new Float32Array()),
    };
  }
  const constants = new Map<string, Constant>(network.constants);
  for (const [name, data] of values) constants.set(name, { shape: known.get(name)?.shape ?? [], data });
  return { ...network, constants };
}

/** The mask that a file of named tensors holds, packed; undefined where it holds none. Throws UserError. */
export function maskAmong(network: AnyNetwork, arrays: Arrays, file: string): Uint8Array | undefined {
  const prunable = prunableOf(network);
  const missing = prunable.filter(({ mask }) => !arrays.has(mask));
  if (missing.length === prunable.length) return undefined;
  const problems =
    missing.length > 0
      ? [`lacks ${listed(missing.map(({ mask, shape }) => `'${mask}' ${shapeText(shape)}`))}`]
      : [];
  const bits = new Uint8Array(bitsOf(network));
  for (const { mask, shape, offset } of prunable) {
    const array = arrays.get(mask);
    if (!array) continue;
    if (shapeText(array.shape) !== shapeText(shape)) {
      problems.push(`'${mask}' has shape ${shapeText(array.shape)}, expected ${shapeText(shape)}`);
      continue;
    }
    const bad = firstOther(array.data);
    if (bad >= 0) problems.push(`'${mask}' holds ${array.data[bad]} at place ${bad}, expected 0 or 1`);
    else bits.set(array.data, offset);
  }
  if (problems.length > 0) throw new UserError(problems.map((problem) => `${file}: ${problem}`).join('\n'));
  return pack(bits);
}

/**
 * Masks from an array: [masks, weights] of 0 and 1, or packed eight to a byte, [masks, ⌈weights / 8⌉] uint8, the first
 * weight in the most significant bit as numpy.packbits has it; one mask may lack the first axis. Throws UserError.
 */
export function masksFrom({ shape, data }: NumberArray, bits: number, file: string): PackedMasks {
  const [count = 0, width = 0] = shape.length === 1 ? [1, shape[0]] : shape;
  const size = bytesPerGenome(bits);
  const packed = width === size && width !== bits && data instanceof Uint8Array;
  if (shape.length > 2 || (width !== bits && !packed))
    throw new UserError(
      `${file}: has shape ${shapeText(shape)}, expected [masks, ${bits}] of 0 and 1, a column for each prunable weight, or packed eight to a byte [masks, ${size}] uint8 (numpy.packbits(masks, axis=1))`,
    );
  if (count === 0) throw new UserError(`${file}: holds no masks`);
  const masks = emptyMasks(count, bits);
  for (let mask = 0; mask < count; mask++) {
    const row = data.subarray(mask * width, (mask + 1) * width);
    if (packed) {
      masks.bytes.set(clearPadding(Uint8Array.from(row), bits), mask * size);
      continue;
    }
    const bad = firstOther(row);
    if (bad >= 0)
      throw new UserError(`${file}: holds ${row[bad]} at [${mask}, ${bad}], expected 0 (pruned) or 1 (kept)`);
    masks.bytes.set(pack(row), mask * size);
  }
  return masks;
}

/** The place of the first number that is neither 0 nor 1; −1 if there is none. */
function firstOther(data: ArrayLike<number>): number {
  for (let index = 0; index < data.length; index++) if (data[index] !== 0 && data[index] !== 1) return index;
  return -1;
}
