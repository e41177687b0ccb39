/** Data and models in buckets that are not the stack's: who may read them. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { synthesize } from './template.ts';

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const policySchema = z.object({
  PolicyDocument: z.object({ Statement: z.array(z.object({ Action: list, Resource: list })) }),
});

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

test('only Prepare may read the buckets that are named at the deployment, and nothing but read', async () => {
  const { ofType } = await synthesize({
    context: { dataBuckets: 'my-data, other.account-data/iris/*.csv', dataKeys: KEY },
  });
  const added = ofType('AWS::IAM::Policy').flatMap(({ name, properties }) =>
    policySchema.parse(properties).PolicyDocument.Statement.flatMap(({ Action, Resource }) => {
      const named = Resource.filter((arn) => /my-data|other|kms/.test(arn));
      return named.length > 0 ? [[name.split('/').slice(0, 2).join('/'), Action, named]] : [];
    }),
  );
  expect(added).toEqual([
    [
      'Steps/Prepare',
      ['s3:GetObject'],
      ['arn:<AWS::Partition>:s3:::my-data/*', 'arn:<AWS::Partition>:s3:::other.account-data/iris/*.csv'],
    ],
    ['Steps/Prepare', ['kms:Decrypt'], [KEY]],
  ]);
});

test.each([
  [{ dataBuckets: 'My_Bucket' }, "found 'My_Bucket', expected the name of a bucket"],
  [{ dataBuckets: 's3://bucket/x' }, "found 's3://bucket/x', expected the name of a bucket"],
  [{ dataKeys: 'alias/my-key' }, "found 'alias/my-key', expected the ARN of a KMS key"],
])('%j is refused', async (context, message) => {
  await expect(synthesize({ context })).rejects.toThrow(message);
});
