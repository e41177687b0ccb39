import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import middy from '@middy/core';
import { availableMemory } from '../lib/base/memory.ts';
import { planSweep } from '../lib/steps/sweep/plan.ts';
import { type PlanEvent, planEventSchema, type SweepState } from '../lib/workflow/sweep-payloads.ts';
import { environment, openPlace } from './environment.ts';
import { log, observed } from './observed.ts';
import { parsed } from './parsed.ts';

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
export const handler = middy<PlanEvent, SweepState>()
  .use(observed())
  .use(parsed(planEventSchema))
  .handler(async (event) => {
    const sweeps = environment.TOMBOLA_SWEEPS;
    const memory = availableMemory();
    const state = await planSweep(event, { openStore: openPlace, sweeps, memory, isRunning });
    const { sweep, round, cells, done, failed, ready } = state;
    log('planned', { sweep, round, cells, done, failed, ready });
    return state;
  });
