/** The stack's bucket: what is kept where. */

export const RUNS = 'runs/';
export const SWEEPS = 'sweeps/';
/** Specs that are dropped here start runs and sweeps. */
export const INBOX = 'inbox/';
/** Files that were uploaded for runs, each below its SHA-256. */
export const INPUTS = 'inputs/';

/**
 * The tag of objects that a finished run can do without. Lifecycle rules know only prefixes of the whole key and tags,
 * and a run's generations lie deep below its name: the tag is what makes them expire.
 */
export const EXPIRING_TAG = { key: 'tombola', value: 'generation' } as const;

interface InBucket {
  readonly bucket: string;
}

/** Where the run of that name is kept. */
export function placeOfRun({ bucket }: InBucket, name: string): string {
  return `s3://${bucket}/${RUNS}${name}/`;
}

/** Where the sweep of that name is kept. */
export function placeOfSweep({ bucket }: InBucket, name: string): string {
  return `s3://${bucket}/${SWEEPS}${name}/`;
}

/** The name of what is kept at a URI: its last folder. */
export function nameAt(uri: string): string {
  return uri.replace(/\/$/, '').split('/').at(-1) ?? '';
}
