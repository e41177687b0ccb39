/** The places in S3 of runs and sweeps that are given by name. */
import { SOME_TRIES } from '../../aws/client/persistence.ts';
import { placeOf } from '../../aws/client/places.ts';
import { type CloudOptions, configure, findStack } from '../../aws/client/stack.ts';

/** URIs stay as they are. Throws UserError where there is no such stack. */
export async function placesInCloud(named: readonly string[], options: CloudOptions): Promise<string[]> {
  configure(options);
  const isPlace = (one: string) => one.startsWith('s3://');
  if (named.every(isPlace)) return [...named];
  const stack = await findStack(options);
  return Promise.all(
    named.map(async (one) => (isPlace(one) ? one : (await placeOf(stack, one, SOME_TRIES)).uri)),
  );
}
