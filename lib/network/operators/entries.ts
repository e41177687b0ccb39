/** Knowledge of the elements of a value that holds for every input. */

/** Relative error of a float32 operation. */
export const EPSILON = 2 ** -23;

/** One sample, row-major; an entry is about `block` neighbouring elements. */
export interface Entries {
  readonly block: number;
  /** The constant that the elements are; NaN where they depend on the input. */
  readonly value: Float64Array;
  /** How far that constant may be from what float32 arithmetic gives; 0: it is exact. */
  readonly error: Float64Array;
}

export function emptyEntries(length: number, block = 1): Entries {
  return { block, value: new Float64Array(length), error: new Float64Array(length) };
}

/** Entries of which nothing is known. */
export function varying(length: number, block = 1): Entries {
  const entries = emptyEntries(length, block);
  entries.value.fill(Number.NaN);
  return entries;
}

/** The same with an entry for each element. */
export function spreadBlocks(entries: Entries): Entries {
  const { block } = entries;
  if (block === 1) return entries;
  const all = emptyEntries(entries.value.length * block);
  for (let index = 0; index < entries.value.length; index++) {
    all.value.fill(entries.value[index] ?? 0, index * block, (index + 1) * block);
    all.error.fill(entries.error[index] ?? 0, index * block, (index + 1) * block);
  }
  return all;
}

/** Entries of float32 constants. */
export function entriesOf(data: Float32Array): Entries {
  return { block: 1, value: Float64Array.from(data), error: new Float64Array(data.length) };
}

/** The constant that all elements of a channel are: those at (before · channels + channel) · after + rest. */
export function channelEntries(entries: Entries, channels: number, before: number, after: number): Entries {
  if (before === 1 && entries.block === after) return entries;
  const { value, error } = spreadBlocks(entries);
  const result = emptyEntries(channels);
  for (let channel = 0; channel < channels; channel++) {
    const first = value[channel * after] ?? Number.NaN;
    let same = first;
    let most = 0;
    for (let outer = 0; outer < before; outer++) {
      const start = (outer * channels + channel) * after;
      for (let index = start; index < start + after; index++) {
        if (value[index] !== first) same = Number.NaN;
        most = Math.max(most, error[index] ?? 0);
      }
    }
    result.value[channel] = same;
    result.error[channel] = most;
  }
  return result;
}

export function copied({ block, value, error }: Entries): Entries {
  return { block, value: value.slice(), error: error.slice() };
}

/** The entries at those indices. */
export function gathered({ value, error }: Entries, indices: Int32Array): Entries {
  const result = emptyEntries(indices.length);
  for (let index = 0; index < indices.length; index++) {
    const from = indices[index] ?? 0;
    result.value[index] = value[from] ?? Number.NaN;
    result.error[index] = error[from] ?? 0;
  }
  return result;
}
