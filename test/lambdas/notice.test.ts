/** The function of notices publishes what it is told, to the topic of its environment. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { answer } from '../../lib/engine/invocation.ts';

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:notices';

test('an event becomes a message', async () => {
  const asked: string[] = [];
  const sns = createServer(async (request, response) => {
    asked.push(await text(request));
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
    );
  });
  await new Promise<void>((resolve) => sns.listen(0, '127.0.0.1', resolve));
  const address = sns.address();
  const environment = {
    TOMBOLA_NOTICES: TOPIC,
    TOMBOLA_STACK: 'Second',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SNS: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  try {
    const { handler } = await import('../../lambdas/notice.ts');
    const detail = { executionArn: 'arn:first', name: 'first', status: 'ABORTED', output: null, input: '{}' };
    const event = { source: 'aws.states', region: 'us-east-1', detail };
    expect(await answer(handler, 'notice', event)).toEqual({
      result: { subject: 'Tombola: first was stopped' },
    });
    const [message] = asked.map((body) => new URLSearchParams(body));
    expect(message?.get('TopicArn')).toBe(TOPIC);
    expect(message?.get('Subject')).toBe('Tombola: first was stopped');
    expect(message?.get('Message')).toContain(
      'npx tombola watch arn:first --stack Second --region us-east-1\n',
    );
    expect(await answer(handler, 'notice', { detail: {} })).toMatchObject({
      error: { errorType: 'InvalidEvent' },
    });
  } finally {
    sns.close();
  }
});
