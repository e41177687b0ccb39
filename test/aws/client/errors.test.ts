import { expect, test } from 'vitest';
import { explained } from '../../../lib/aws/client/errors.ts';
import { storeError } from '../../../lib/aws/s3/errors.ts';
import { UserError } from '../../../lib/base/errors.ts';

const ask = (error: Error) => storeError(error, 's3://bucket/', 'run.json');
const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
const answered = JSON.stringify({
  errorType: 'StoreUnavailable',
  errorMessage: ask(refused).message,
  trace: ['at x'],
});

test.each([
  ['no region', ask(new Error('Region is missing')), /^no AWS region: set AWS_REGION/],
  ['an empty one', ask(new Error('Region not accepted: region="" is not valid.')), /^no AWS region: set/],
  [
    'one that is none',
    ask(new Error('Region not accepted: region="a b".')),
    /^there is no such AWS region: .*eu-west-1$/,
  ],
  [
    'no answer',
    ask(refused),
    /^AWS cannot be reached: connect ECONNREFUSED 127.0.0.1:9; check the network and try again$/,
  ],
  [
    'the same from a machine',
    Object.assign(new Error(answered), { name: 'StoreUnavailable' }),
    /^AWS cannot be reached: s3:.*127\.0\.0\.1:9; check the network/,
  ],
])('%s is one line that says what to do', (_, error, message) => {
  const told = explained(error);
  expect(told).toBeInstanceOf(UserError);
  expect(told).toMatchObject({ message: expect.stringMatching(message) });
});

test('errors of this computer, and ours, stay as they are', () => {
  const pipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' });
  for (const error of [pipe, new TypeError('x is no function'), 'text']) expect(explained(error)).toBe(error);
});
