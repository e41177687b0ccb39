/** Named properties of sweep.asl.json that an edit must not lose. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { roundItemSchema, sweepStateSchema } from '../../lib/workflow/sweep-payloads.ts';
import { nextOf, reachable, readDefinition, statesOf } from './states.ts';

const { text, machine } = readDefinition('sweep.asl.json');
const states = statesOf(machine);
const tasks = states.filter(({ state }) => state.Type === 'Task');
const functions = tasks.filter(({ state }) => state.Resource === 'arn:aws:states:::lambda:invoke');
const map = machine.States['Run cells'];
const cell = map?.ItemProcessor ?? { StartAt: '', States: {} };
const stateOf = (name: string) => cell.States[name];

describe('the state machine', () => {
  test('every state is reachable, ends or goes on, and has a name of its own', () => {
    for (const one of [machine, cell]) expect(reachable(one)).toEqual(new Set(Object.keys(one.States)));
    expect(new Set(states.map(({ name }) => name)).size).toBe(states.length);
    for (const { name, state } of states) {
      const ends = state.End === true || state.Type === 'Fail';
      expect(ends, name).toBe(nextOf({ ...state, Catch: [] }).length === 0);
    }
  });

  test('it plans again after every round, and gathers when nothing is left', () => {
    expect(map?.Next).toBe('Plan');
    expect(machine.States['Any left?']).toMatchObject({
      Choices: [{ Variable: '$.ready', NumericGreaterThan: 0, Next: 'Run cells' }],
      Default: 'Gather',
    });
  });

  test('every path that it reads is in the state, in an item or in what the Map hands to a cell', () => {
    const item = Object.keys(roundItemSchema.shape);
    const read = [...text.matchAll(/"\$\$\.Map\.Item\.Value\.(\w+)"/g)].map(([, key]) => key);
    expect(new Set(read)).toEqual(new Set(item));
    const {
      ItemSelector,
      ItemProcessor: _,
      ...outside
    } = z.looseObject({ ItemSelector: z.record(z.string(), z.unknown()) }).parse(map);
    const paths = (value: unknown) =>
      [...JSON.stringify(value).matchAll(/[" (]\$\.(\w+)/g)].map(([, key]) => key);
    const { 'Run cells': __, ...others } = machine.States;
    const own = ['Payload', 'error', 'Output'];
    const known = [...Object.keys(sweepStateSchema.shape), ...own];
    for (const path of paths({ others, outside })) expect(known).toContain(path);
    const handed = Object.keys(ItemSelector).map((key) => key.replace(/\.\$$/, ''));
    for (const path of paths(cell)) expect([...handed, 'ended', ...own]).toContain(path);
    // What goes on with a cell has all that the first part had.
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(stateOf('Go on')?.Parameters)).sort()).toEqual(
      Object.keys(ItemSelector)
        .map((key) => (key === 'part' ? 'part.$' : key))
        .sort(),
    );
  });
});

describe('the Map', () => {
  test('reads its items from S3 and runs them in Standard children, as many at a time as the sweep says', () => {
    expect(map).toMatchObject({
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON' },
        Parameters: { 'Bucket.$': '$.items.bucket', 'Key.$': '$.items.key' },
      },
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
      MaxConcurrencyPath: '$.maxConcurrency',
      ResultPath: null,
    });
  });

  test('goes on whatever becomes of a cell', () => {
    expect(map).toMatchObject({ ToleratedFailurePercentage: 100 });
    expect(stateOf('Search')?.Catch).toEqual([
      // The start of an earlier try was heard: what it found is in the store, and the next round looks there.
      {
        ErrorEquals: ['StepFunctions.ExecutionAlreadyExistsException'],
        ResultPath: '$.error',
        Next: 'Settled',
      },
      { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Note failure' },
    ]);
  });

  test('gets next to nothing back from ten thousand cells', () => {
    expect(stateOf('Settled')).toMatchObject({ Type: 'Pass', Result: {}, End: true });
    const ends = Object.entries(cell.States).filter(([, { End }]) => End);
    expect(ends.map(([name]) => name)).toEqual(['Settled']);
  });

  test('waits for searches, and starts none of them twice', () => {
    expect(stateOf('Search')).toMatchObject({
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: {
        StateMachineArn: `\${SearchMachineArn}`,
        'Name.$': '$.search.name',
        'Input.$': '$.search.input',
      },
    });
    // A search that failed is not tried again here: the name would be taken, and its own states tried before.
    const retried = stateOf('Search')?.Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
    for (const error of ['States.ALL', 'States.TaskFailed']) expect(retried).not.toContain(error);
  });
});

describe.each(tasks)('the task $name', ({ state }) => {
  test('has a timeout and is retried, with full jitter', () => {
    expect(state.TimeoutSeconds).toBeGreaterThan(0);
    expect(state.Retry.length).toBeGreaterThan(0);
    for (const one of state.Retry) expect(one.JitterStrategy).toBe('FULL');
  });
});

test('the functions are retried as those of the search are', () => {
  const search = readDefinition('search.asl.json').machine.States.Prepare;
  expect(functions.map(({ name }) => name)).toEqual(['Plan', 'Note failure', 'Gather']);
  for (const { state } of functions) expect(state.Retry).toEqual(search?.Retry);
  for (const name of ['Plan', 'Gather']) {
    expect(machine.States[name]?.Catch).toEqual(search?.Catch);
  }
});
