/** How many requests the store makes of S3. The meter counts with these wherever a run is, to price it as if it were in S3. */

/** Objects above this size are read in ranges and written in parts of it. */
export const PART_BYTES = 8 * 2 ** 20;
/** Keys that S3 names in one answer, and deletes at one request. */
export const KEYS_A_REQUEST = 1_000;

export function partRequests(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PART_BYTES));
}

/** GET: the first answer says how large the object is; a large one is then read in ranges. */
export function getRequests(bytes: number): number {
  const parts = partRequests(bytes);
  return parts === 1 ? 1 : 1 + parts;
}

/** PUT and POST: a multipart upload is also begun and completed. */
export function putRequests(bytes: number): number {
  const parts = partRequests(bytes);
  return parts === 1 ? 1 : parts + 2;
}

/** LIST. */
export function listRequests(keys: number): number {
  return Math.max(1, Math.ceil(keys / KEYS_A_REQUEST));
}
