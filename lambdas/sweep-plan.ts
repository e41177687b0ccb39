import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { accountConcurrency } from '../lib/aws/concurrency.ts';
import { cellName } from '../lib/aws/executions.ts';
import { environment, openPlace } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { log } from '../lib/aws/lambda/observation.ts';
import { parseS3Uri } from '../lib/aws/s3/uri.ts';
import { availableMemory } from '../lib/base/memory.ts';
import { planSweep } from '../lib/steps/sweep/plan.ts';
import { SWEEP_FUNCTIONS } from '../lib/workflow/states.ts';
import type { SweepState } from '../lib/workflow/sweep-payloads.ts';

const stepFunctions = new SFNClient({ retryMode: 'standard', maxAttempts: 6 });

async function isRunning(executionArn: string): Promise<boolean> {
  try {
    const { status } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING';
  } catch (error) {
    // Step Functions forgets executions after 90 days.
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}

/** Places on this computer have no objects in S3: there, nothing reads them by that name. */
function objectAt(uri: string): SweepState['items'] {
  return parseS3Uri(uri) ?? { bucket: '', key: '' };
}

/** The Plan state: from a sweep spec, or what is left of a sweep, to the cells that can run now. */
export const handler = taskHandler(SWEEP_FUNCTIONS.Plan, async (event) => {
  const sweeps = environment.TOMBOLA_SWEEPS;
  const memory = availableMemory();
  const concurrency = sweeps.startsWith('s3:') ? { concurrency: accountConcurrency } : {};
  const places = { openStore: openPlace, sweeps, objectAt, ...concurrency };
  const state = await planSweep(event, { ...places, memory, isRunning, nameOf: cellName, now: Date.now });
  const { sweep, round, cells, done, failed, ready } = state;
  log('planned', { sweep, round, cells, done, failed, ready });
  return state;
});
