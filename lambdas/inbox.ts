import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { droppedName } from '../lib/aws/executions.ts';
import { handlerOf } from '../lib/aws/lambda/handler.ts';
import { count, log } from '../lib/aws/lambda/observation.ts';
import { openStore } from '../lib/places/store.ts';
import { receive, type SpecKind } from '../lib/steps/inbox.ts';

const environment = z
  .object({
    TOMBOLA_INBOX: z.string().endsWith('/'),
    TOMBOLA_STATE_MACHINE: z.string(),
    TOMBOLA_SWEEP_MACHINE: z.string(),
  })
  .parse(process.env);

const inbox = await openStore(environment.TOMBOLA_INBOX);
const stepFunctions = new SFNClient({ retryMode: 'standard', maxAttempts: 6 });

/** EventBridge's message about an object that S3 created. */
const eventSchema = z.object({
  id: z.string(),
  detail: z.object({ object: z.object({ key: z.string(), sequencer: z.string().optional() }) }),
});

async function start(kind: SpecKind, name: string, input: string): Promise<string> {
  const { TOMBOLA_STATE_MACHINE: searches, TOMBOLA_SWEEP_MACHINE: sweeps } = environment;
  const stateMachineArn = kind === 'sweep' ? sweeps : searches;
  try {
    await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  } catch (error) {
    // A second message about the same drop: the run is there already.
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
  return name;
}

/** The inbox: starts a run or a sweep for a spec that was dropped at inbox/NAME.json. */
export const handler = handlerOf(eventSchema, async ({ id, detail: { object } }) => {
  const folder = new URL(environment.TOMBOLA_INBOX).pathname.slice(1);
  const received = await receive(object.key.slice(folder.length), {
    inbox,
    start: (kind, base, input) => start(kind, droppedName(base, object.sequencer ?? id), input),
  });
  if ('started' in received) count('InboxStarted', 1);
  if ('refused' in received) count('InboxRefused', 1);
  log('received', { key: object.key, ...received });
  return received;
});
