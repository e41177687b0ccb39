/** Files of models that users name. */
import type { Source } from '../base/source.ts';
import { UnusableModel } from '../network/unusable-model.ts';

/** 130 million weights; reading a model takes several times its size. */
const MOST_BYTES = 2 ** 29;

/** The bytes of a model's file. Throws `UnusableModel` where there are too many of them; does not read those. */
export async function readModelBytes(source: Source): Promise<Uint8Array> {
  if (source.size > MOST_BYTES)
    throw new UnusableModel(source.name, [
      `it has ${source.size} bytes; ${MOST_BYTES} are the most that are read. Export the classifier alone, without optimiser state, or a smaller one`,
    ]);
  return source.read(0, source.size);
}
