import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { handlerOf } from '../lib/aws/lambda/handler.ts';
import { log } from '../lib/aws/lambda/observation.ts';
import { endedSchema, noticeOf } from '../lib/steps/notice.ts';

const { TOMBOLA_NOTICES: topic, TOMBOLA_STACK: stack } = z
  .object({ TOMBOLA_NOTICES: z.string(), TOMBOLA_STACK: z.string() })
  .parse(process.env);

const sns = new SNSClient({ retryMode: 'standard', maxAttempts: 6 });

/** Tells the topic's subscribers, in words, that a run or a sweep has ended. */
export const handler = handlerOf(endedSchema, async (event) => {
  const { subject, text } = noticeOf(event, stack);
  await sns.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: text }));
  log('told', { execution: event.detail.executionArn, status: event.detail.status });
  return { subject };
});
