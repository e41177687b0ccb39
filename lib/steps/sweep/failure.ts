/** failure: why a cell of a sweep failed, in words, kept for the tables and for the next round. */
import { z } from 'zod';
import { parseArtifact, parsedIfSound } from '../../base/artifact-json.ts';
import type { OpenStore } from '../../runs/run.ts';
import * as keys from '../../store/keys.ts';
import { getIfThere, type Store } from '../../store/store.ts';
import type { NoteEvent } from '../../workflow/sweep-payloads.ts';

const failureSchema = z.object({ error: z.string(), message: z.string() });
export type Failure = z.output<typeof failureSchema>;

/** Step Functions' account of an execution that it waited for, in the cause of the Task's error. */
const executionSchema = z.object({
  Error: z.string().optional(),
  Cause: z.string().optional(),
  Status: z.string(),
});
/** Lambda's account of a function that threw, in the cause of a Task's error. */
const thrownSchema = z.object({ errorMessage: z.string(), errorType: z.string().optional() });

/** Writes the failure where the next round and the tables look for it. Safe to repeat. */
export async function noteFailure(event: NoteEvent, openStore: OpenStore): Promise<Failure> {
  const { sweep, execution, cell, error } = event;
  const store = await openStore(sweep);
  const failure = failureFrom(error.Error, error.Cause);
  await store.put(keys.failureOf(execution, cell), `${JSON.stringify(failure, null, 2)}\n`);
  return failure;
}

/** The failure that was noted, or undefined. */
export async function readFailure(
  store: Store,
  execution: string,
  cell: string,
): Promise<Failure | undefined> {
  const key = keys.failureOf(execution, cell);
  const bytes = await getIfThere(store, key);
  return bytes && parseArtifact(key, store, bytes, failureSchema);
}

/** The innermost error that the cause tells of: of the search's execution, of the function in it. */
export function failureFrom(error: string, cause: string): Failure {
  const execution = parsedIfSound(cause, executionSchema);
  if (execution) {
    const { Status: status, Error: name = status, Cause: message } = execution;
    return message === undefined
      ? { error: name, message: `the search ended ${status.toLowerCase()}` }
      : failureFrom(name, message);
  }
  const thrown = parsedIfSound(cause, thrownSchema);
  if (thrown) return { error: thrown.errorType ?? error, message: thrown.errorMessage };
  return { error, message: cause || error };
}
