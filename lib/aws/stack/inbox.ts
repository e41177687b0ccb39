/** The inbox: a spec dropped at inbox/NAME.json starts a run or a sweep. */
import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { INBOX } from '../bucket.ts';
import { TombolaFunction } from './function.ts';
import type { SearchMachine } from './machine.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage.ts';
import type { Sweeps } from './sweeps.ts';

/** Megabytes: enough for the SDK and a quarter of a megabyte of spec. */
const MEMORY = 512;

/** Dropped specs are tried again for this long, Lambda's longest: sweeps may take all of an account's functions for hours. */
const RETRIED_FOR = Duration.hours(6);

export interface InboxProps {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly machine: SearchMachine;
  readonly sweeps: Sweeps;
}

export class Inbox extends Construct {
  readonly function: TombolaFunction;
  readonly rule: Rule;

  constructor(scope: Construct, id: string, { settings, storage, machine, sweeps }: InboxProps) {
    super(scope, id);
    // NAME.json, whatever the case of its ending, which patterns cannot leave open: the handler ignores what else is there.
    const specs = `${INBOX}*.????`;
    const errors = `${INBOX}*.error.txt`;
    this.function = new TombolaFunction(this, 'Handler', {
      settings,
      file: 'inbox',
      description: 'Starts a run or a sweep for a spec that was dropped into the inbox',
      memory: MEMORY,
      timeout: Duration.minutes(1),
      environment: {
        TOMBOLA_INBOX: storage.inbox,
        TOMBOLA_STATE_MACHINE: machine.arn,
        TOMBOLA_SWEEP_MACHINE: sweeps.machine.arn,
      },
      bucket: storage.bucket,
      access: {
        reads: [specs],
        writes: [errors],
        tags: [],
        deletes: [errors],
        lists: [INBOX],
        reason: 'Specs are named by whoever drops them: the patterns hold the inbox and nothing else.',
      },
    });
    const { lambda, role } = this.function;
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:StartExecution'],
        resources: [machine.arn, sweeps.machine.arn],
      }),
    );
    lambda.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: RETRIED_FOR });
    this.rule = new Rule(this, 'Dropped', {
      description: 'Specs dropped into the inbox',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [storage.bucket.bucketName] }, object: { key: [{ prefix: INBOX }] } },
      },
      targets: [new LambdaFunction(lambda, { retryAttempts: 10, maxEventAge: RETRIED_FOR })],
    });
  }
}
