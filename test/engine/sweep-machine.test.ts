/**
 * sweep.asl.json run by aws-local-stepfunctions over the real handlers. The engine reads no items from S3 and starts no
 * executions: the Map gets its items from the state, and a search is what the test says.
 */
import { readFile } from 'node:fs/promises';
import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { handler as gather } from '../../lambdas/sweep-gather.ts';
import { handler as note } from '../../lambdas/sweep-note.ts';
import { handler as plan } from '../../lambdas/sweep-plan.ts';
import type { Handler } from '../../lib/aws/lambda/handler.ts';
import { answer, TaskError } from '../../lib/engine/invocation.ts';
import { specHash } from '../../lib/runspec/identity.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import * as keys from '../../lib/store/keys.ts';
import { sweepResultSchema, sweepStateSchema } from '../../lib/workflow/sweep-payloads.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';
import { succeeded } from '../sweep/summaries.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];
const definitionSchema = z.looseObject({
  States: z.looseObject({ 'Run cells': z.looseObject({ ItemReader: z.unknown() }) }),
});

async function loadDefinition(): Promise<Definition> {
  const text = await readFile(new URL('../../lib/workflow/sweep.asl.json', import.meta.url), 'utf8');
  const filled = text.replace(/\$\{(\w+)Arn\}/g, 'arn:aws:lambda:local:000000000000:function:$1');
  // As it is, it is valid; then the Map's items come from the state.
  const whole = z.custom<Definition>().parse(JSON.parse(filled));
  expect(() => new StateMachine(whole)).not.toThrow();
  const definition = definitionSchema.parse(whole);
  const { ItemReader: _, ...map } = definition.States['Run cells'];
  const States = { ...definition.States, 'Run cells': { ...map, ItemsPath: '$.list' } };
  return z.custom<Definition>().parse({ ...definition, States });
}

const searchSchema = z.object({ Name: z.string(), Input: z.looseObject({ run: z.string() }) });
type Search = z.output<typeof searchSchema>;

const taskSchema = z.object({ Payload: z.unknown() });
const invoking = (handler: Handler, name: string) => async (parameters: unknown) => {
  const answered = await answer(handler, name, taskSchema.parse(parameters).Payload);
  if ('error' in answered) throw new TaskError(answered.error);
  return answered.result;
};

/** Runs a sweep; `search` gives an execution's output, or throws. */
async function run(
  input: object,
  search: (started: Search) => Promise<z.core.util.JSONType>,
): Promise<unknown> {
  const planned = invoking(plan, 'sweep-plan');
  const execution = new StateMachine(await loadDefinition()).run(z.json().parse(input), {
    context: { Execution: { Name: 'first', Id: 'arn:first' } },
    overrides: {
      taskResourceLocalHandlers: {
        Plan: async (parameters: unknown) => {
          const state = sweepStateSchema.parse(await planned(parameters));
          const store = new FolderStore(state.sweep);
          const list = state.ready > 0 ? await store.get(keys.roundOf(state.round)) : Buffer.from('[]');
          return { Payload: { ...state, list: z.json().parse(JSON.parse(Buffer.from(list).toString())) } };
        },
        Search: async (parameters: unknown) => ({
          Status: 'SUCCEEDED',
          Output: await search(searchSchema.parse(parameters)),
        }),
        'Note failure': async (parameters: unknown) => ({
          Payload: await invoking(note, 'sweep-note')(parameters),
        }),
        Gather: async (parameters: unknown) => ({
          Payload: await invoking(gather, 'sweep-gather')(parameters),
        }),
      },
    },
  });
  return execution.result;
}

/** Leaves a summary, as a search that succeeded does. */
async function finish({ Input: { run: place, continuedBy: _, ...input } }: Search, evaluations = 500) {
  const { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: __, ...spec } = input;
  const result = succeeded({ specHash: specHash(parseSpec(spec)), evaluations });
  if (result.status !== 'succeeded') throw new Error('not a summary');
  await new FolderStore(place).put(keys.SUMMARY, JSON.stringify(result.summary));
  return { status: 'succeeded' };
}

class Failed extends Error {
  override readonly name = 'States.TaskFailed';
}

test('rounds, parts of long searches and failures end in one result', async () => {
  const sweep = placeOf(await temporaryFolder());
  const spec = {
    base: SMALL_SPEC,
    algorithms: [
      { name: 'GA' },
      { name: 'random', spec: { algorithm: 'random-search' }, match: { evaluations: 'GA' } },
    ],
    seeds: 2,
  };
  const started: Search[] = [];
  const output = await run({ ...spec, sweep }, async (search) => {
    started.push(search);
    const { run: place, seed, algorithm } = search.Input;
    if (algorithm === 'random-search') return finish(search);
    if (seed === 1) throw new Failed('{"Status":"FAILED","Cause":"out of memory"}');
    const [first = search, ...more] = started.filter(({ Input }) => Input.run === place);
    return more.length < 2 ? { status: 'unfinished' } : finish(first);
  });
  expect(sweepResultSchema.parse(output)).toMatchObject({ sweep, cells: 4, done: 2, failed: 2 });
  // One failed; one took three executions, of which the later ones are told only where to go on.
  const isLong = ({ Input }: Search) => Input.run.endsWith('/ga_seed-0/');
  const parts = started.filter(isLong);
  const name = parts[0]?.Name ?? '';
  expect(parts.map(({ Name }) => Name)).toEqual([name, `${name}-1`, `${name}-2`]);
  expect(parts.at(-1)?.Input).toEqual({
    run: `${sweep}cells/ga_seed-0/`,
    continuedBy: 'caller',
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:first',
  });
  const others = started.filter((search) => !isLong(search));
  expect(others.map(({ Input }) => Input.algorithm)).toEqual(['sltn-ga', 'random-search']);
  const rows = Buffer.from(await new FolderStore(sweep).get(keys.SWEEP_CSV)).toString();
  expect(rows).toContain('out of memory');
});

test('a sweep that cannot be run ends FAILED, with the message of the command line', async () => {
  const ended = run({ base: SMALL_SPEC, grid: { 'search.popluation': [1] }, seeds: 1 }, finish);
  const error = await ended.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ExecutionError);
  const { cause } = z.object({ cause: z.object({ name: z.string(), message: z.string() }) }).parse(error);
  expect(cause.name).toBe('InvalidSpec');
  expect(cause.message).toMatch(/^cell popluation-1_.*: search\.popluation: unknown key/);
});
