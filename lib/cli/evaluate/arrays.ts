/** Files of masks and of weights, as `tombola evaluate` takes them. */

import { changed } from '../../base/artifact-json.ts';
import { UserError } from '../../base/errors.ts';
import { hasChanged, SEAL } from '../../base/seal.ts';
import type { OpenSource, Source } from '../../base/source.ts';
import type { NumberArray } from '../../data/formats/entry.ts';
import { readArrays, readNpyArray } from '../../data/user-arrays.ts';
import { TICKET_REMEDY } from '../../network/models/ticket-info.ts';
import type { AnyNetwork } from '../../network/network.ts';
import { maskAmong, masksFrom } from '../../runs/user-masks.ts';
import { type PackedMasks, packGenomes } from '../../search/genome.ts';

/** The arrays of an .npz or .safetensors file, by their names. Throws UserError. */
export async function readNamed(file: string, open: OpenSource): Promise<Map<string, NumberArray>> {
  return readArrays(await openSound(file, open));
}

/** The metadata of a safetensors file are within so many bytes. */
const BEGINNING = 2 ** 20;

/** Throws DamagedArtifact for a ticket.safetensors that has changed since it was written. */
async function openSound(file: string, open: OpenSource): Promise<Source> {
  const source = await open(file);
  const beginning = Buffer.from(await source.read(0, Math.min(BEGINNING, source.size)));
  const sealed = /\.safetensors$/i.test(file) && beginning.includes(`"${SEAL}"`);
  if (sealed && hasChanged(await source.read(0, source.size))) throw changed(file, TICKET_REMEDY);
  return source;
}

/** The masks of an .npy file, or of one that names its arrays. Throws UserError. */
export async function readMasks(
  file: string,
  network: AnyNetwork,
  bits: number,
  open: OpenSource,
): Promise<PackedMasks> {
  const source = await openSound(file, open);
  if (/\.npy(\.gz)?$/i.test(file)) return masksFrom(await readNpyArray(source), bits, file);
  const arrays = await readArrays(source, 'NPY (.npy), ');
  const [only] = arrays.values();
  const masks = arrays.get('masks') ?? (arrays.size === 1 ? only : undefined);
  const one = maskAmong(network, arrays, file);
  if (one) return packGenomes([one], bits);
  if (masks) return masksFrom(masks, bits, file);
  throw new UserError(
    `${file}: holds ${[...arrays.keys()].slice(0, 8).join(', ')}, and no masks; call an array [masks, ${bits}] 'masks', or give a mask for each tensor by its name (layers.0.mask, as in ticket.safetensors)`,
  );
}
