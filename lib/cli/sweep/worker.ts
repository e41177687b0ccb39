/** A thread of a sweep: runs whole searches, one after another, in process. */
import { z } from 'zod';
import { releaseFunctions, runSearch } from '../../engine/engine.ts';

const searchSchema = z.object({
  name: z.string(),
  /** The run's spec, and its place under the key `run`. */
  input: z.json(),
  /** Shared: its only number becomes 1 when the search is to stop after the generation in flight. */
  stop: z.instanceof(Int32Array<ArrayBufferLike>),
});
export type SearchTask = z.output<typeof searchSchema>;

export type SearchOutcome =
  | { readonly status: 'succeeded' | 'stopped' }
  | { readonly status: 'failed'; readonly error: string };

export default async function search(message: unknown): Promise<SearchOutcome> {
  const { name, input, stop } = searchSchema.parse(message);
  const stopping = new AbortController();
  try {
    const { status } = await runSearch(input, {
      workers: 0,
      name,
      signal: stopping.signal,
      onState: () => {
        if (Atomics.load(stop, 0) !== 0) stopping.abort();
      },
    });
    return { status };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { status: 'failed', error: `${error.name}: ${error.message}` };
  } finally {
    // Weights differ from cell to cell; and a thread must not end with a session open.
    await releaseFunctions();
  }
}
