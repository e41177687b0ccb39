/** Permissions of a function in the bucket: actions, on the keys that it needs and no others. */
import { Aws, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { type Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Settings } from './settings.ts';

export interface Access {
  /** Key patterns in the bucket, `*` for any characters. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Writes that carry the tag of objects that expire. */
  readonly tags: readonly string[];
  readonly deletes: readonly string[];
  /** Prefixes where it may list. Without it S3 answers a missing key with "access denied". */
  readonly lists: readonly string[];
  /** Why the keys are patterns. */
  readonly reason: string;
}

/**
 * Lets a role do that and no more. IAM's `*` goes across slashes, so `runs/*` is also what lies deeper; there is no
 * pattern that does not. Runs do not lie within runs, and steps write only the keys of the table of artifacts.
 */
export function allowAccess(role: Role, bucket: Bucket, access: Access): void {
  const { reads, writes, tags, deletes, lists, reason } = access;
  const on = (patterns: readonly string[]) => patterns.map((pattern) => bucket.arnForObjects(pattern));
  const statements = [
    new PolicyStatement({ actions: ['s3:GetObject'], resources: on(reads) }),
    new PolicyStatement({ actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: on(writes) }),
    new PolicyStatement({ actions: ['s3:PutObjectTagging'], resources: on(tags) }),
    new PolicyStatement({ actions: ['s3:DeleteObject'], resources: on(deletes) }),
    new PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: lists.length > 0 ? [bucket.bucketArn] : [],
      // If it exists: to answer a GetObject for a missing key with "no such key", S3 asks for the right to list, without
      // a prefix. A listing without one cannot be told from that, so it is allowed as well: of the bucket's other
      // objects, it gives the names.
      conditions: {
        StringLikeIfExists: {
          's3:prefix': lists.length === 1 ? `${lists[0]}*` : lists.map((prefix) => `${prefix}*`),
        },
      },
    }),
  ];
  for (const statement of statements) if (statement.resources.length > 0) role.addToPolicy(statement);

  const { defaultChild } = bucket.node;
  if (!(defaultChild instanceof CfnBucket)) return;
  const name = Stack.of(bucket).getLogicalId(defaultChild);
  for (const pattern of new Set([...reads, ...writes, ...deletes])) {
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::<${name}.Arn>/${pattern}]`, reason });
  }
}

/** Lets a role read data and models in the buckets that whoever deploys names; where one is another account's, its policy has a say too. */
export function allowData(role: Role, { dataBuckets, dataKeys }: Settings): void {
  if (dataBuckets.length === 0) return;
  const patterns = dataBuckets.map((entry) => (entry.includes('/') ? entry : `${entry}/*`));
  role.addToPolicy(
    new PolicyStatement({
      actions: ['s3:GetObject'],
      resources: patterns.map((pattern) => `arn:${Aws.PARTITION}:s3:::${pattern}`),
    }),
  );
  if (dataKeys.length > 0) {
    role.addToPolicy(new PolicyStatement({ actions: ['kms:Decrypt'], resources: [...dataKeys] }));
  }
  for (const pattern of patterns.filter((one) => one.includes('*'))) {
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${pattern}]`,
      reason:
        'What runs read is named in their specs; whoever deploys says with dataBuckets where it may be.',
    });
  }
}
