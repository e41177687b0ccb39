/** The table of functions, beside the definitions and all that has to agree with both. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { RUN_ARTIFACTS, SWEEP_ARTIFACTS } from '../../lib/store/artifacts.ts';
import { SEARCH_FUNCTIONS, SWEEP_FUNCTIONS, type TaskFunction } from '../../lib/workflow/states.ts';
import { readDefinition, statesOf } from './states.ts';

/** Of every function: a busy Lambda, and what passes by itself. */
const RETRY = [
  {
    ErrorEquals: ['Lambda.TooManyRequestsException'],
    IntervalSeconds: 2,
    MaxAttempts: 20,
    BackoffRate: 2,
    MaxDelaySeconds: 60,
    JitterStrategy: 'FULL',
  },
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.Unknown',
      'Runtime.ExitError',
      'Sandbox.Timedout',
      'States.Timeout',
      'StoreUnavailable',
    ],
    IntervalSeconds: 1,
    MaxAttempts: 5,
    BackoffRate: 2,
    MaxDelaySeconds: 30,
    JitterStrategy: 'FULL',
  },
];
/** Children of a Distributed Map live for five minutes: their retries are others. */
const SHORT_LIVED = ['Evaluate one of many chunks'];

const machines: [file: string, rows: Readonly<Record<string, TaskFunction>>][] = [
  ['search.asl.json', SEARCH_FUNCTIONS],
  ['sweep.asl.json', SWEEP_FUNCTIONS],
];

describe.each(machines)('%s', (file, rows) => {
  const functions = statesOf(readDefinition(file).machine).filter(
    ({ state }) => state.Resource === 'arn:aws:states:::lambda:invoke',
  );

  test('calls the functions of the table, each from the states of its row', () => {
    const called = functions.map(({ name, state }) => {
      const { FunctionName } = z.looseObject({ FunctionName: z.string() }).parse(state.Parameters);
      return [name, FunctionName];
    });
    const expected = Object.entries(rows).flatMap(([name, { states }]) =>
      states.map((state) => [state, `\${${name}FunctionArn}`]),
    );
    expect(called.sort()).toEqual(expected.sort());
  });

  test('every row has a handler, and artifacts of its own', () => {
    const artifacts = Object.values(file.startsWith('sweep') ? SWEEP_ARTIFACTS : RUN_ARTIFACTS);
    expect(new Set(artifacts.flatMap(({ writers }) => Object.keys(writers)))).toEqual(
      new Set(Object.keys(rows)),
    );
    for (const { file: handler } of Object.values(rows)) {
      expect(existsSync(new URL(`../../lambdas/${handler}.ts`, import.meta.url)), handler).toBe(true);
    }
  });

  test.each(functions)(
    '$name waits as long as its function runs, and is retried as the others',
    ({ name, state }) => {
      const row = Object.values(rows).find(({ states }) => states.includes(name));
      if (SHORT_LIVED.includes(name)) return;
      expect(state.TimeoutSeconds).toBe(row?.seconds);
      expect(state.Retry).toEqual(RETRY);
    },
  );
});
