/** Settings of a deployment, as CDK context: `npm run deploy -- -c NAME=VALUE`. Their defaults are here. */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import type { Node } from 'constructs';
import { z } from 'zod';
import { ARCHITECTURES, DEFAULT_MEMORY_MB } from '../../cost/prices.ts';

const RETENTIONS = Object.values(RetentionDays).filter((days) => typeof days === 'number');

/** A bucket, or keys in it. */
const DATA_BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[^\s?,]+)?$/;
const DATA_KEY = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

/** Kinds of subscribers to notices, by the form of their address. */
const SUBSCRIBERS = [
  { pattern: /^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/, protocol: SubscriptionProtocol.EMAIL },
  { pattern: /^https:\/\/\S+$/, protocol: SubscriptionProtocol.HTTPS },
  { pattern: /^\+\d{7,15}$/, protocol: SubscriptionProtocol.SMS },
  { pattern: /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:\S+$/, protocol: SubscriptionProtocol.SQS },
  {
    pattern: /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:\S+$/,
    protocol: SubscriptionProtocol.LAMBDA,
  },
] as const;

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

const settingsSchema = z.strictObject({
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, 'expected a letter, then up to 39 letters, digits or hyphens')
    .default('Tombola')
    .meta({ description: 'Name of the stack, of its state machine and of its dashboard' }),
  region: z.string().optional().meta({ description: "AWS region; the AWS configuration's if absent" }),
  memory: z.coerce.number().pipe(z.int().min(512).max(10_240)).default(DEFAULT_MEMORY_MB).meta({
    description: 'Memory of a step, MB: 1769 is one whole vCPU, and evaluation uses all that come with it',
  }),
  architecture: z
    .enum(ARCHITECTURES)
    .default('x86_64')
    .meta({ description: 'arm64 is a fifth cheaper; x86_64 is what the results are tested on' }),
  logRetentionDays: z.coerce
    .number()
    .refine((days) => RETENTIONS.includes(days), `expected one of ${RETENTIONS.join(', ')}`)
    .default(RetentionDays.ONE_MONTH)
    .meta({ description: 'Days that logs are kept' }),
  generationDays: z.coerce
    .number()
    .pipe(z.int().min(1).max(3650))
    .default(30)
    .meta({ description: 'Days after which the masks and scores of generations expire; results are kept' }),
  dataBuckets: z
    .string()
    .default('')
    .transform((text, context) => {
      const entries = listOf(text);
      for (const entry of entries.filter((one) => !DATA_BUCKET.test(one))) {
        context.addIssue({
          code: 'custom',
          message: `found '${entry}', expected the name of a bucket, or BUCKET/KEY with * for any characters`,
        });
      }
      return entries;
    })
    .meta({
      description:
        'Other buckets that data and models may be read from, with commas between them: BUCKET, or BUCKET/PREFIX*',
    }),
  dataKeys: z
    .string()
    .default('')
    .transform((text, context) => {
      const entries = listOf(text);
      for (const entry of entries.filter((one) => !DATA_KEY.test(one))) {
        context.addIssue({
          code: 'custom',
          message: `found '${entry}', expected the ARN of a KMS key, arn:aws:kms:REGION:ACCOUNT:key/ID`,
        });
      }
      return entries;
    })
    .meta({
      description: 'KMS keys that those buckets are encrypted with, as ARNs with commas between them',
    }),
  notify: z
    .string()
    .default('')
    .transform((text, context) =>
      listOf(text).flatMap((endpoint) => {
        const known = SUBSCRIBERS.find(({ pattern }) => pattern.test(endpoint));
        if (known) return [{ protocol: known.protocol, endpoint }];
        context.addIssue({
          code: 'custom',
          message: `found '${endpoint}', expected an e-mail address, an https:// URL, a phone number such as +15550100, or the ARN of an SQS queue or of a Lambda function`,
        });
        return [];
      }),
    )
    .meta({
      description: 'Who is told when a run or a sweep ends, with commas between them; nobody if absent',
    }),
  alarmEmail: z.email().optional().meta({ description: 'Who is notified of alarms; nobody if absent' }),
});

export type Settings = z.output<typeof settingsSchema>;

/** Context that cannot be deployed: every wrong value, and every name that is no setting. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings';
}

/** The settings in the app's context. Plain names are ours; those with a colon, slash or hyphen are the CDK's. */
export function readSettings(node: Node): Settings {
  const context: Readonly<Record<string, unknown>> = node.getAllContext();
  const ours = Object.entries(context).filter(([name]) => /^[A-Za-z]+$/.test(name));
  const result = settingsSchema.safeParse(Object.fromEntries(ours));
  if (result.success) return result.data;
  throw new InvalidSettings(`context: ${z.prettifyError(result.error)}`);
}
