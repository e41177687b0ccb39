import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { DamagedArtifact } from '../../lib/base/errors.ts';
import { answer, TaskError } from '../../lib/engine/invocation.ts';

describe('a handler is called as Lambda calls it', () => {
  test('with an event and a context', async () => {
    const seen: { event: unknown; context: Context }[] = [];
    await answer(
      async (event, context) => {
        seen.push({ event, context });
      },
      'evaluate',
      { chunk: 3 },
    );
    expect(seen[0]?.event).toEqual({ chunk: 3 });
    expect(seen[0]?.context).toMatchObject({ functionName: 'evaluate', functionVersion: '$LATEST' });
    expect(seen[0]?.context.getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(seen[0]?.context.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    [undefined, null],
    [{ a: undefined, b: 1 }, { b: 1 }],
    [{ at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    [[Number.NaN], [null]],
  ])('%j comes back as JSON: %j', async (given, expected) => {
    expect(await answer(async () => given, 'select', {})).toEqual({ result: expected });
  });

  test('errors come back by name and message', async () => {
    const failing = async () => {
      throw new DamagedArtifact('a/b: damaged');
    };
    expect(await answer(failing, 'select', {})).toMatchObject({
      error: { errorType: 'DamagedArtifact', errorMessage: 'a/b: damaged' },
    });
  });

  test('even what is no error', async () => {
    expect(await answer(() => Promise.reject('just a text'), 'select', {})).toMatchObject({
      error: { errorType: 'Error', errorMessage: 'just a text' },
    });
  });
});

test("a task's error has the name that Retry and Catch match, and Lambda's JSON as its cause", () => {
  const error = new TaskError({ errorType: 'DamagedArtifact', errorMessage: 'a/b', trace: [] });
  expect(error.name).toBe('DamagedArtifact');
  expect(JSON.parse(error.message)).toEqual({ errorType: 'DamagedArtifact', errorMessage: 'a/b', trace: [] });
});
