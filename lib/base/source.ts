/** Where data files are read from: a local file or an object in S3, alike. */

export interface Source {
  /** As the user wrote it: what errors name. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes `from`..`to`−1, fewer where the file ends before. */
  read(from: number, to: number): Promise<Uint8Array>;
  /** The whole file from its beginning, piece by piece; as often as it is asked for. */
  stream(): AsyncIterable<Uint8Array>;
}

/** Opens a local path, a file:// or an s3:// URI. Throws UserError: where, why it cannot be read, what to do. */
export type OpenSource = (uri: string) => Promise<Source>;
