import { UnusableOutput } from '../base/errors.ts';
import { FolderStore } from '../store/folder.ts';
import type { Store } from '../store/store.ts';

/**
 * The store at a URI: `file:///folder/` or `s3://bucket/prefix/`. The AWS SDK is loaded for S3 alone: a run on one
 * computer never needs it. Throws UnusableOutput for any other scheme.
 */
export async function openStore(uri: string): Promise<Store> {
  if (uri.startsWith('file:')) return new FolderStore(uri);
  if (uri.startsWith('s3:')) {
    const { S3Store } = await import('../aws/s3/store.ts');
    return new S3Store(uri);
  }
  throw new UnusableOutput(
    `run: found '${uri}', expected the URI of the folder of a run, which begins with file:/// or s3://`,
  );
}
