/** Links that a browser can open. */

/** Seconds: longer than a function's credentials last, most often, and with them the links that they sign. */
const LONGEST = 12 * 3_600;

/**
 * The link to an object at a URI: a file's is its own. Undefined where it cannot be signed, which must cost no run. The AWS
 * SDK is loaded for S3 alone.
 */
export async function browserLink(uri: string): Promise<string | undefined> {
  if (!uri.startsWith('s3:')) return uri;
  const { linkTo } = await import('../aws/s3/link.ts');
  return linkTo(uri, LONGEST).catch(() => undefined);
}
