/** Arrays of numbers from users' files: masks and weights. */
import { UserError } from '../base/errors.ts';
import type { Source } from '../base/source.ts';
import { openArrays } from './formats/arrays.ts';
import { loadArray, type NumberArray } from './formats/entry.ts';
import { kindOf } from './formats/formats.ts';

export type { NumberArray } from './formats/entry.ts';

/** Elements of one array: 4 GB of float32. */
const MOST_ELEMENTS = 2 ** 30;

/**
 * The array of an NPY file (.gz too), its last index running fastest: integers as their own arrays, 64-bit ones as
 * doubles, booleans as 0 and 1, 16-bit floats as float32. Throws UserError for another file, or text.
 */
export async function readNpyArray(source: Source): Promise<NumberArray> {
  const kind = await kindOf(source);
  refuse(source, kind.format === 'npy', 'NPY (.npy)');
  const entry = (await openArrays(source, kind)).get('');
  if (!entry) throw new Error('an NPY file holds one array');
  return loadArray(entry, MOST_ELEMENTS);
}

/** All arrays of an NPZ or safetensors file, by their names. As `readNpyArray`. `also`: what else its caller reads. */
export async function readArrays(source: Source, also = ''): Promise<Map<string, NumberArray>> {
  const kind = await kindOf(source);
  refuse(
    source,
    kind.format === 'npz' || kind.format === 'safetensors',
    `${also}NPZ (.npz) or safetensors (.safetensors)`,
  );
  const arrays = new Map<string, NumberArray>();
  for (const [name, entry] of await openArrays(source, kind))
    arrays.set(name, await loadArray(entry, MOST_ELEMENTS));
  return arrays;
}

function refuse({ name }: Source, accepted: boolean, expected: string): void {
  if (!accepted) throw new UserError(`${name}: expected a file of arrays: ${expected}`);
}
