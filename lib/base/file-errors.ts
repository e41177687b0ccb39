/** File system errors in plain words: the one table of them. */

interface Meaning {
  readonly reason: string;
  /** The user's next step. */
  readonly remedy: string;
}

const DENIED = {
  reading: { reason: 'permission denied', remedy: 'check who may read it' },
  writing: { reason: 'permission denied', remedy: 'check who may write there' },
};

/** One meaning, or one for reading and one for writing. */
const MEANINGS: Readonly<Record<string, Meaning | Readonly<Record<'reading' | 'writing', Meaning>>>> = {
  ENOENT: {
    reading: { reason: 'there is no such file', remedy: 'check the path' },
    writing: { reason: 'there is no such folder', remedy: 'check the path' },
  },
  EISDIR: {
    reading: { reason: 'is a folder', remedy: 'give a file in it' },
    writing: { reason: 'a folder is in the way of a file', remedy: 'choose another name' },
  },
  EACCES: DENIED,
  EPERM: DENIED,
  ENOTDIR: { reason: 'a part of the path is a file, not a folder', remedy: 'check the path' },
  EEXIST: { reason: 'a file is in the way of a folder', remedy: 'choose another name' },
  ENOTEMPTY: { reason: 'the folder is not empty', remedy: 'choose another name' },
  EROFS: { reason: 'the file system is read-only', remedy: 'choose a folder elsewhere' },
  ENOSPC: { reason: 'the disk is full', remedy: 'make room' },
  EDQUOT: { reason: 'the disk quota is used up', remedy: 'make room' },
  EFBIG: {
    reason: 'the file would be larger than the system allows',
    remedy: 'raise the limit (ulimit -f), or choose another file system',
  },
  ERR_FS_FILE_TOO_LARGE: { reason: 'is too large to be read at once', remedy: 'give a smaller file' },
  ERR_STRING_TOO_LONG: { reason: 'is too large to be read as text', remedy: 'give a smaller file' },
  ENAMETOOLONG: { reason: 'the name is too long', remedy: 'choose a shorter one' },
  ERR_INVALID_ARG_VALUE: { reason: 'the name holds a null character', remedy: 'choose another name' },
  ELOOP: { reason: 'symbolic links lead in a circle', remedy: 'check the path' },
  EMFILE: { reason: 'too many files are open', remedy: 'raise the limit (ulimit -n)' },
  ENFILE: { reason: 'too many files are open on this computer', remedy: 'close other programs' },
  EIO: { reason: 'the disk reports an error', remedy: 'check the disk' },
  ENXIO: { reason: 'the device is gone', remedy: 'check the disk' },
  ENODEV: { reason: 'the device is gone', remedy: 'check the disk' },
  ESTALE: { reason: 'the network drive has lost it', remedy: 'connect it again' },
  EBUSY: { reason: 'another program is using it', remedy: 'close that program' },
  ETXTBSY: { reason: 'another program is using it', remedy: 'close that program' },
  EINVAL: { reason: 'the file system does not take this', remedy: 'choose a folder elsewhere' },
  ENOTSUP: { reason: 'the file system does not take this', remedy: 'choose a folder elsewhere' },
  EPIPE: { reason: 'nobody reads it any more', remedy: 'check the program that reads it' },
};

/** Calls on files that are open already: their errors name no path. */
const CALLS_ON_OPEN_FILES = new Set(['read', 'write', 'fsync', 'fstat', 'ftruncate', 'close']);

/** The code of an error, such as ENOENT; undefined for a value that has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether there is just nothing there. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The value that is read; undefined where there is nothing. Other errors stay errors. */
export async function ifThere<Value>(read: Promise<Value>): Promise<Value | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether the file system threw this, and not the network or a mistake in the code. */
export function isFileError(error: unknown): boolean {
  if (!(error instanceof Error) || errorCode(error) === undefined) return false;
  if ('path' in error && typeof error.path === 'string') return true;
  return 'syscall' in error && typeof error.syscall === 'string' && CALLS_ON_OPEN_FILES.has(error.syscall);
}

/** Why a file cannot be used, in a few words. */
export function fileErrorReason(error: unknown, doing: 'reading' | 'writing'): string {
  return meaningOf(error, doing)?.reason ?? (error instanceof Error ? error.message : String(error));
}

/** The same, and what to do: "permission denied; check who may read it". */
export function explainFileError(error: unknown, doing: 'reading' | 'writing'): string {
  const meaning = meaningOf(error, doing);
  return meaning ? `${meaning.reason}; ${meaning.remedy}` : fileErrorReason(error, doing);
}

/** One line: which file cannot be read or written, why, what to do. */
export function unusableFile(path: string, error: unknown, doing: 'reading' | 'writing'): string {
  return `${path}: cannot be ${doing === 'reading' ? 'read' : 'written'}: ${explainFileError(error, doing)}`;
}

function meaningOf(error: unknown, doing: 'reading' | 'writing'): Meaning | undefined {
  const meaning = MEANINGS[errorCode(error) ?? ''];
  return meaning && 'reading' in meaning ? meaning[doing] : meaning;
}

/** One line on a file error that nobody has explained: which file, why, what to do. */
export function fileErrorMessage(error: Error): string {
  const writes = ['mkdir', 'write', 'rename', 'unlink', 'rm', 'rmdir', 'fsync', 'ftruncate', 'link', 'utime'];
  const call = 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : '';
  const writing = writes.some((name) => call.includes(name)) || WRITE_CODES.has(errorCode(error) ?? '');
  const path = 'path' in error && typeof error.path === 'string' ? error.path : 'a file';
  return unusableFile(path, error, writing ? 'writing' : 'reading');
}

/** Codes that only writing meets. */
const WRITE_CODES = new Set(['EROFS', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EEXIST']);
