/** Calls a handler as Lambda does for Step Functions: JSON in, JSON out, errors as their serialised form. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import type { Handler } from '../aws/lambda/handler.ts';

/** Lambda's answer: the handler's result, or the error that it threw. */
export type Answer =
  | { readonly result: z.core.util.JSONType }
  | {
      readonly error: { readonly errorType: string; readonly errorMessage: string; readonly trace: string[] };
    };

/** Lambda's longest time for one invocation, milliseconds. */
const LONGEST_INVOCATION = 900_000;

function lambdaContext(functionName: string): Context {
  const deadline = performance.now() + LONGEST_INVOCATION;
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    memoryLimitInMB: '1769',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => deadline - performance.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

export async function answer(handler: Handler, functionName: string, event: unknown): Promise<Answer> {
  try {
    const result = await handler(event, lambdaContext(functionName));
    return { result: result === undefined ? null : z.json().parse(JSON.parse(JSON.stringify(result))) };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return {
      error: {
        errorType: error.name,
        errorMessage: error.message,
        trace: (error.stack ?? '').split('\n'),
      },
    };
  }
}

/** A handler's error as the state machine sees it: `name` is what Retry and Catch match, the message is JSON. */
export class TaskError extends Error {
  constructor({ errorType, errorMessage, trace }: Extract<Answer, { error: unknown }>['error']) {
    super(JSON.stringify({ errorType, errorMessage, trace }));
    this.name = errorType;
  }
}
