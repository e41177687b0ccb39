import { UnusableOutput } from '../spec/errors.ts';
import { FolderStore } from './folder.ts';
import type { Store } from './store.ts';

/** The store at a URI: `file:///folder`. Throws UnusableOutput for any other scheme. */
export function openStore(uri: string): Store {
  if (uri.startsWith('file:')) return new FolderStore(uri);
  throw new UnusableOutput(`run: found '${uri}', expected a URI such as file:///folder/of/the/run`);
}
