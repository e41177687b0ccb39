/** Arrays of numbers from users' files: masks and weights. */
import { UserError } from '../base/errors.ts';
import type { Source } from '../base/source.ts';
import { loadArray, type NumberArray } from './formats/entry.ts';
import type { Format } from './formats/format.ts';
import { openDataFile } from './formats/formats.ts';
import { npy } from './formats/npy.ts';
import { npz } from './formats/npz.ts';
import { safetensors } from './formats/safetensors.ts';

/** Elements of one array: 4 GB of float32. */
const MOST_ELEMENTS = 2 ** 30;

/**
 * The array of an NPY file (.gz too), its last index running fastest: integers as their own arrays, 64-bit ones as
 * doubles, booleans as 0 and 1, 16-bit floats as float32. Throws UserError for another file, or text.
 */
export async function readNpyArray(source: Source): Promise<NumberArray> {
  const [entry] = (await arraysIn(source, [npy], '')).values();
  if (!entry) throw new Error('an NPY file holds one array');
  return loadArray(entry, MOST_ELEMENTS);
}

/** All arrays of an NPZ or safetensors file, by their names. As `readNpyArray`. `also`: other formats that its caller reads. */
export async function readArrays(source: Source, also = ''): Promise<Map<string, NumberArray>> {
  const arrays = new Map<string, NumberArray>();
  for (const [name, entry] of await arraysIn(source, [npz, safetensors], also))
    arrays.set(name, await loadArray(entry, MOST_ELEMENTS));
  return arrays;
}

async function arraysIn(source: Source, accepted: readonly Format[], also: string) {
  const file = await openDataFile(source);
  if ('arrays' in file && accepted.includes(file.format)) return file.arrays;
  const expected = accepted.map(({ name, endings }) => `${name} (${endings[0]})`).join(' or ');
  throw new UserError(`${source.name}: expected a file of arrays: ${also}${expected}`);
}
