/** Files of arrays: NPY and IDX hold one, NPZ and safetensors several with names. */

import type { Source } from '../../base/source.ts';
import type { ArrayEntry } from './entry.ts';
import type { FileKind } from './formats.ts';
import { idxEntry } from './idx.ts';
import { npyEntry } from './npy.ts';
import { npzEntries } from './npz.ts';
import { safetensorsEntries } from './safetensors.ts';
import { unpacked } from './text.ts';

/** The file's arrays by their names; the only one of NPY and IDX has the name ''. Throws UserError. */
export async function openArrays(source: Source, kind: FileKind): Promise<ReadonlyMap<string, ArrayEntry>> {
  const bytes = () => unpacked(source, kind.gzip);
  const size = kind.gzip ? undefined : source.size;
  switch (kind.format) {
    case 'npz':
      return npzEntries(source);
    case 'safetensors':
      return safetensorsEntries(source);
    case 'idx':
      return new Map([['', await idxEntry(bytes, source.name, size)]]);
    default:
      return new Map([['', await npyEntry(bytes, source.name, size)]]);
  }
}
