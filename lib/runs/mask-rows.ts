/** The masks of one chunk, without the rest of a large generation. */
import { DamagedArtifact } from '../base/errors.ts';
import { placesInSafetensors } from '../data/safetensors.ts';
import { bytesPerGenome, type PackedMasks } from '../search/genome.ts';
import type { Store } from '../store/store.ts';
import { requiredRange } from './run.ts';

/** Bytes of the first read: the header, and all of a generation of the usual size. */
const BEGINNING = 64 * 1024;

/** Masks `start`..`end`−1 of the offspring under `key`, or as many as there are, by one request or two. */
export async function readMaskRows(
  store: Store,
  key: string,
  bits: number,
  start: number,
  end: number,
): Promise<{ readonly start: number; readonly masks: PackedMasks }> {
  const beginning = await requiredRange(store, key, 0, BEGINNING);
  const place = placesInSafetensors(beginning, key).get('masks');
  const [count = 0, size = 0] = place?.shape ?? [];
  if (place?.type !== 'U8' || size !== bytesPerGenome(bits))
    throw new DamagedArtifact(`${key}: no masks of a network of ${bits} prunable weights`);
  const first = Math.min(count, start);
  const rows = Math.min(count, end) - first;
  const [from, to] = [place.from + first * size, place.from + (first + rows) * size];
  const bytes =
    to <= beginning.length ? beginning.subarray(from, to) : await requiredRange(store, key, from, to);
  if (bytes.length !== rows * size)
    throw new DamagedArtifact(`${store.uri}${key}: damaged: it ends before mask ${first + rows}`);
  return { start: first, masks: { count: rows, bits, bytes } };
}
