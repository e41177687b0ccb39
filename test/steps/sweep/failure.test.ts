/** Why a cell failed, as people read it. */
import { expect, test } from 'vitest';
import { failureFrom } from '../../../lib/steps/sweep/failure.ts';

test.each([
  // Step Functions' description of the execution; inside, Lambda's of what was thrown.
  [
    {
      ExecutionArn: 'arn',
      Status: 'FAILED',
      Error: 'StoreUnavailable',
      Cause: JSON.stringify({ errorType: 'StoreUnavailable', errorMessage: 'no answer', trace: [] }),
    },
    { error: 'StoreUnavailable', message: 'no answer' },
  ],
  [
    { Status: 'FAILED', Error: 'InvalidSpec', Cause: 'layers: too few' },
    { error: 'InvalidSpec', message: 'layers: too few' },
  ],
  [{ Status: 'ABORTED' }, { error: 'ABORTED', message: 'the search ended aborted' }],
])('of the cause %j people read %j', (cause, failure) => {
  expect(failureFrom('States.TaskFailed', JSON.stringify(cause))).toEqual(failure);
});

test('a cause that is no JSON is the message, and one that is empty leaves the name', () => {
  expect(failureFrom('States.Timeout', 'too long')).toEqual({ error: 'States.Timeout', message: 'too long' });
  expect(failureFrom('States.Timeout', '')).toEqual({ error: 'States.Timeout', message: 'States.Timeout' });
});
