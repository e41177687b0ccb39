/** Named properties of search.asl.json that an edit must not lose. */
import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadDefinition } from '../../lib/engine/engine.ts';
import { LONGEST_WIDE_CHUNK } from '../../lib/workflow/fan-out.ts';
import { searchStateSchema } from '../../lib/workflow/payloads.ts';
import { REFUSALS } from '../../lib/workflow/states.ts';
import { nextOf, reachable, readDefinition, statesOf } from './states.ts';

const { text, machine } = readDefinition('search.asl.json');
const states = statesOf(machine);
const tasks = states.filter(({ state }) => state.Type === 'Task');
const functions = tasks.filter(({ state }) => state.Resource === 'arn:aws:states:::lambda:invoke');

describe('the state machine', () => {
  test('every state is reachable, and every transition leads to a state', () => {
    const machines = [machine, ...states.flatMap(({ state }) => state.ItemProcessor ?? [])];
    for (const one of machines) expect(reachable(one)).toEqual(new Set(Object.keys(one.States)));
  });

  test('every state ends or goes on', () => {
    for (const { name, state } of states) {
      const ends = state.End === true || state.Type === 'Fail';
      expect(ends ? nextOf({ ...state, Catch: [] }).length === 0 : nextOf(state).length > 0, name).toBe(true);
    }
  });

  test('names of states are unique over the machine and its Maps, as the engine tells them apart by name', () => {
    expect(new Set(states.map(({ name }) => name)).size).toBe(states.length);
  });
});

describe.each(tasks)('the task $name', ({ state, around }) => {
  test('has a timeout', () => {
    expect(state.TimeoutSeconds).toBeGreaterThan(0);
    expect(state.TimeoutSeconds).toBeLessThanOrEqual(900);
  });

  test('is retried, with full jitter', () => {
    expect(state.Retry.length).toBeGreaterThan(0);
    for (const one of state.Retry) {
      expect(one.MaxAttempts).toBeGreaterThan(0);
      expect(one.JitterStrategy).toBe('FULL');
    }
  });

  test('ends the machine in a Fail state for errors that the same again cannot mend', () => {
    const catchers = around.flatMap(({ Catch }) => Catch);
    for (const { Next, ResultPath } of catchers) {
      expect(ResultPath).toBe('$.error');
      let at = machine.States[Next];
      while (at?.Type === 'Pass') at = machine.States[at.Next ?? ''];
      expect(at?.Type).toBe('Fail');
    }
  });

  // A redrive runs a failed Task or Map again, but of a Fail state it makes the same failure once more.
  test('catches no other error, so that a redrive goes on where it happened', () => {
    const names = around.flatMap(({ Catch }) => Catch.flatMap(({ ErrorEquals }) => ErrorEquals));
    const ours = ['InvalidSpec', 'UnusableOutput', 'DamagedArtifact', 'IncompleteGeneration'];
    expect(names.filter((name) => !ours.includes(name))).toEqual([]);
  });
});

describe.each(functions)('the function of $name', ({ state }) => {
  test('is named by a substitution', () => {
    const { FunctionName } = z.looseObject({ FunctionName: z.string() }).parse(state.Parameters);
    expect(FunctionName).toMatch(/^\$\{(Prepare|Evaluate|Select|Leap|Train|Finalize)FunctionArn\}$/);
  });

  test('is retried when Lambda is busy, and when a sandbox dies', () => {
    const names = state.Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
    for (const name of [
      'Lambda.TooManyRequestsException',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Runtime.ExitError',
      'StoreUnavailable',
    ]) {
      expect(names).toContain(name);
    }
    expect(new Set(names).size).toBe(names.length);
    expect(state.Retry[0]?.ErrorEquals).toEqual(['Lambda.TooManyRequestsException']);
  });

  test("is never retried for the user's errors", () => {
    for (const { ErrorEquals } of state.Retry) {
      for (const name of [
        'States.ALL',
        'InvalidSpec',
        'UnusableOutput',
        'DamagedArtifact',
        'States.TaskFailed',
      ])
        expect(ErrorEquals).not.toContain(name);
    }
  });
});

const retrySchema = z.looseObject({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number(),
  MaxAttempts: z.int(),
  BackoffRate: z.number(),
  MaxDelaySeconds: z.number(),
});

/** Seconds between the attempts of a retry, together and without jitter. */
function longestPauses(rule: z.output<typeof retrySchema>): number {
  const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds } = rule;
  return Array.from({ length: MaxAttempts }, (_, attempt) =>
    Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt),
  ).reduce((sum, pause) => sum + pause, 0);
}

describe('both ways to fan out', () => {
  const maps = states.filter(({ state }) => state.Type === 'Map');

  test('are an inline Map and a distributed one with EXPRESS children', () => {
    const config = z.looseObject({
      ProcessorConfig: z.object({ Mode: z.string(), ExecutionType: z.string().optional() }),
    });
    expect(maps.map(({ state }) => config.parse(state.ItemProcessor).ProcessorConfig)).toEqual([
      { Mode: 'INLINE' },
      { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
    ]);
  });

  test('hand the same to the same function, and lead to the same state', () => {
    const [inline, distributed] = maps.map(({ state }) => {
      const [inner] = Object.values(state.ItemProcessor?.States ?? {});
      const { ItemSelector, ItemsPath, MaxConcurrencyPath, Next, ResultPath } = state;
      return {
        ItemSelector,
        ItemsPath,
        MaxConcurrencyPath,
        Next,
        ResultPath,
        Parameters: inner?.Parameters,
      };
    });
    const handed = z.looseObject({ ItemSelector: z.record(z.string(), z.unknown()) }).parse(inline);
    const noting = { ...handed.ItemSelector, noteRefusal: true };
    expect(distributed).toEqual({ ...inline, ItemSelector: noting });
    expect(inline?.ResultPath).toBeNull();
  });

  test('an error that the same again cannot mend reaches Refused: caught inline, noted for Select where it is not', () => {
    const [inline, distributed] = maps.map(({ state }) => state.Catch);
    expect(inline?.map(({ ErrorEquals }) => ErrorEquals)).toEqual([[...REFUSALS]]);
    // A Distributed Map fails with States.ExceedToleratedFailureThreshold, whatever its children failed with.
    expect(distributed).toEqual([]);
    expect(machine.States.Select?.Catch[0]?.ErrorEquals).toEqual([...REFUSALS, 'IncompleteGeneration']);
  });

  test('EXPRESS children end within their five minutes: a whole chunk, and every pause at its longest', () => {
    const [inner] = Object.values(maps[1]?.state.ItemProcessor?.States ?? {});
    const rules = z.array(retrySchema).parse(inner?.Retry);
    const [throttled = 0, others = 0] = rules.map(longestPauses);
    const starting = 10;
    const chunk = inner?.TimeoutSeconds ?? Number.NaN;
    expect(chunk + throttled + others + starting).toBeLessThanOrEqual(300);
    // Pauses are half as long on average: so long a chunk waits for its turn where the quota is small.
    expect(throttled / 2).toBeGreaterThanOrEqual(45);
    // What the last generation measured may be short of the next one by half.
    expect(LONGEST_WIDE_CHUNK * 1.5).toBeLessThanOrEqual(chunk);
  });

  test('a generation that a child could not finish is tried again, later and later', () => {
    const [rule] = z.array(retrySchema).parse(maps[1]?.state.Retry);
    expect(rule?.ErrorEquals).toContain('States.ExceedToleratedFailureThreshold');
    expect(longestPauses(rule ?? z.never().parse(rule))).toBeGreaterThanOrEqual(120);
  });
});

test('every path that the machine reads from its state is in the state', () => {
  const known = new Set(Object.keys(searchStateSchema.shape));
  const { Prepare: _, ...others } = machine.States;
  const paths = [...JSON.stringify(others).matchAll(/"\$\.(\w+)/g)].map(([, key]) => key ?? '');
  // Written by the machine itself, and the envelope that Lambda answers in.
  const own = new Set(['error', 'started', 'Payload', 'ExecutionArn']);
  for (const path of paths) expect(known.has(path) || own.has(path), path).toBe(true);
});

test('the embedded engine runs this very file, with every substitution filled in', async () => {
  const filled = JSON.stringify(await loadDefinition());
  expect(filled).not.toContain('${');
  const names = [...text.matchAll(/\$\{(\w+)FunctionArn\}/g)].map(([, name]) => name?.toLowerCase());
  expect(new Set(names)).toEqual(new Set(['prepare', 'evaluate', 'select', 'leap', 'train', 'finalize']));
  for (const name of names) expect(filled).toContain(`:function:${name}"`);
  // The engine itself leaves this out.
  const definition = await loadDefinition();
  expect(() => new StateMachine(definition)).not.toThrow();
});
