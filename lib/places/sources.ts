/** Opens the files that specs name: on this computer, or in S3. */

import { UserError } from '../base/errors.ts';
import { openFile } from '../base/file-source.ts';
import type { OpenSource } from '../base/source.ts';

export interface SourceOptions {
  /** Whether there are local files: a function in the cloud has none. */
  readonly local?: boolean;
  /** Told of every request to S3. */
  readonly onRequest?: () => void;
}

/** As with stores, the AWS SDK is loaded for S3 alone. */
export function sourceOpener({ local = true, onRequest = () => {} }: SourceOptions = {}): OpenSource {
  return async (uri) => {
    if (uri.startsWith('s3:')) {
      const { openS3Source } = await import('../aws/s3/source.ts');
      return openS3Source(uri, onRequest);
    }
    if (local) return openFile(uri);
    throw new UserError(
      `${uri}: is a file on a computer, which a function in the cloud cannot read; give an s3:// URI, or start the run with 'tombola submit', which uploads local files`,
    );
  };
}
