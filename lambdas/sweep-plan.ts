import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { environment, openPlace } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { log } from '../lib/aws/lambda/observed.ts';
import { availableMemory } from '../lib/base/memory.ts';
import { planSweep } from '../lib/steps/sweep/plan.ts';
import { SWEEP_FUNCTIONS } from '../lib/workflow/states.ts';

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

/** The Plan state: from a sweep spec, or what is left of a sweep, to the cells that can run now. */
export const handler = taskHandler(SWEEP_FUNCTIONS.Plan, async (event) => {
  const sweeps = environment.TOMBOLA_SWEEPS;
  const memory = availableMemory();
  const state = await planSweep(event, { openStore: openPlace, sweeps, memory, isRunning });
  const { sweep, round, cells, done, failed, ready } = state;
  log('planned', { sweep, round, cells, done, failed, ready });
  return state;
});
