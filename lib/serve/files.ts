/** The files of a run that a browser may load: those that the table of artifacts names. */
import { basename, extname } from 'node:path';
import type { StoredFolder } from '../cli/local/stored-folders.ts';
import { uriOfFolder } from '../cli/local-run.ts';
import { isArtifact } from '../store/artifacts.ts';
import { FolderStore } from '../store/folder.ts';
import { getIfThere } from '../store/store.ts';
import { REPORT_POLICY } from './guard.ts';

/** Types that a browser shows; all others are downloads. */
const SHOWN: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.csv': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
};

export interface SentFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Record<string, string>;
}

/** Undefined for what is no artifact, or is not there. The store takes no key for a path out of its folder. */
export async function fileOf({ kind, folder }: StoredFolder, key: string): Promise<SentFile | undefined> {
  if (!isArtifact(kind, key)) return undefined;
  const bytes = await getIfThere(new FolderStore(uriOfFolder(folder)), key);
  if (!bytes) return undefined;
  const type = SHOWN[extname(key)];
  const headers = {
    'Content-Type': type ?? 'application/octet-stream',
    'Content-Security-Policy': REPORT_POLICY,
    ...(type ? {} : { 'Content-Disposition': `attachment; filename="${basename(key)}"` }),
  };
  return { body: new Uint8Array(bytes), headers };
}
