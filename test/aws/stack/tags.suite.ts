/** Cost allocation tags: of every resource that can have one, so that a bill can be told apart. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { synthesize } from './template.ts';

/** What CloudFormation cannot tag, or what nothing is paid for. */
const UNTAGGED = new Set([
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::Policy',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
]);

const tagsSchema = z.array(z.object({ Key: z.string(), Value: z.string() }));

test('every resource has the name of its stack and of its part as tags', async () => {
  const { resources } = await synthesize({
    context: { stackName: 'Lottery', notify: 'a@example.com', alarmEmail: 'b@example.com' },
  });
  const tagged = resources.filter(({ type }) => !UNTAGGED.has(type));
  expect(tagged.length).toBeGreaterThan(20);
  for (const { name, properties } of tagged) {
    const [part] = name.split('/');
    expect(tagsSchema.safeParse(properties.Tags).data, name).toEqual([
      { Key: 'tombola:part', Value: part },
      { Key: 'tombola:stack', Value: 'Lottery' },
    ]);
  }
});
