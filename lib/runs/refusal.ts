/** Errors of chunks that trying again cannot resolve, kept where Select finds them. */
import { z } from 'zod';
import { DamagedArtifact, InvalidSpec, UnusableOutput } from '../base/errors.ts';
import * as keys from '../store/keys.ts';
import { type Store, textIfThere } from '../store/store.ts';
import { REFUSALS } from '../workflow/states.ts';

interface Chunk {
  readonly generation: number;
  readonly round: number;
  readonly chunk: number;
}

const keyOf = ({ generation, chunk, round }: Chunk) => keys.refusalOf(generation, chunk, round);

const refusalSchema = z.object({ error: z.enum(REFUSALS), message: z.string() });

const ERRORS: Readonly<Record<(typeof REFUSALS)[number], (message: string) => Error>> = {
  InvalidSpec: (message) => new InvalidSpec([message]),
  UnusableOutput: (message) => new UnusableOutput(message),
  DamagedArtifact: (message) => new DamagedArtifact(message),
};

/** Writes why a chunk has no scores. Throws the error itself where it is of another kind, or cannot be written. */
export async function noteRefusal(store: Store, chunk: Chunk, thrown: unknown): Promise<void> {
  const { data } = refusalSchema.safeParse(
    thrown instanceof Error ? { error: thrown.name, message: thrown.message } : thrown,
  );
  if (!data) throw thrown;
  try {
    await store.put(keyOf(chunk), JSON.stringify(data));
  } catch {
    throw thrown;
  }
}

/** Throws what a chunk without scores was refused with; does nothing where nothing is noted. */
export async function throwRefusal(store: Store, chunk: Chunk): Promise<void> {
  const text = await textIfThere(store, keyOf(chunk));
  if (text === undefined) return;
  const { error, message } = refusalSchema.parse(JSON.parse(text));
  throw ERRORS[error](message);
}
