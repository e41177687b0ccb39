/** Where a run or a sweep is kept, as a person names it: also of those whose executions Step Functions has forgotten. */
import { SFNClient } from '@aws-sdk/client-sfn';
import { UserError } from '../../base/errors.ts';
import * as keys from '../../store/keys.ts';
import { textIfThere } from '../../store/store.ts';
import { placeOfSweep } from '../bucket.ts';
import { S3Store } from '../s3/store.ts';
import { findRun, namedRun } from './executions.ts';
import { type Persistence, persistently } from './persistence.ts';
import type { Stack } from './stack.ts';
import { findSweep } from './sweeps.ts';

export interface CloudPlace {
  readonly name: string;
  readonly uri: string;
  readonly kind: 'run' | 'sweep';
}

/**
 * Where a sweep or a run of that name is. Of the two, a name means the sweep. Step Functions forgets executions after
 * 90 days; what they left is then found by its name.
 */
export async function placeOf(stack: Stack, named: string, patience: Persistence): Promise<CloudPlace> {
  const client = new SFNClient({});
  try {
    const sweep = await persistently(() => findSweep(client, stack, named), patience);
    const run = await persistently(() => runOf(client, stack, named), patience);
    const uri = sweep?.uri ?? (named.startsWith('s3://') ? run.uri : placeOfSweep(stack, run.name));
    const isSweep = await persistently(() => textIfThere(new S3Store(uri), keys.SWEEP), patience);
    return isSweep === undefined
      ? { ...run, kind: 'run' }
      : { name: sweep?.name ?? run.name, uri, kind: 'sweep' };
  } finally {
    client.destroy();
  }
}

/** The run of that name or URI; an execution says where its run is, unless it is forgotten. */
async function runOf(
  client: SFNClient,
  stack: Stack,
  named: string,
): Promise<Pick<CloudPlace, 'name' | 'uri'>> {
  const { name, uri } = namedRun(stack, named);
  if (!named.startsWith('arn:')) return { name, uri };
  try {
    return await findRun(client, stack, named);
  } catch (error) {
    if (error instanceof UserError) return { name, uri };
    throw error;
  }
}
