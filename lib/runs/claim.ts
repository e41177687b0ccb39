/** The place of a run: empty, or this very run's. */
import { parsedIfSound } from '../base/artifact-json.ts';
import { UnusableOutput } from '../base/errors.ts';
import { specHash } from '../runspec/identity.ts';
import { completeSpecSchema, type RunSpec } from '../runspec/schema.ts';
import * as keys from '../store/keys.ts';
import { getIfThere, type Store } from '../store/store.ts';

/** Makes sure of it, and writes the spec where it is empty. Throws UnusableOutput. */
export async function claim(store: Store, spec: RunSpec, specText: string): Promise<void> {
  const { uri } = store;
  // In the cloud nobody chooses a folder.
  const inCloud = uri.startsWith('s3:');
  const there = await getIfThere(store, keys.SPEC);
  if (there) {
    const found = parsedIfSound(there, completeSpecSchema);
    if (found && specHash(found) === specHash(spec)) return;
    throw new UnusableOutput(
      inCloud
        ? `${uri}: holds another run; give this one another name, or continue that one with 'tombola resume ${uri}'`
        : `${uri}: holds another run; choose another folder with --out, or continue that run with 'tombola resume'`,
    );
  }
  const [other] = await store.list('');
  if (other !== undefined) {
    throw new UnusableOutput(
      `${uri}: is not empty (it holds ${other}); ${inCloud ? 'give the run another name' : 'choose a new folder with --out'}`,
    );
  }
  await store.put(keys.SPEC, specText);
}
