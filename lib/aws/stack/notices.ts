/** Notices: whoever wants to know is told when a run or a sweep ends, well or not. */
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Subscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { CELL_PREFIX } from '../executions.ts';
import { TombolaFunction } from './function.ts';
import type { SearchMachine } from './machine.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage.ts';
import type { Sweeps } from './sweeps.ts';

export interface NoticesProps {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly machine: SearchMachine;
  readonly sweeps: Sweeps;
}

/** In the output of an execution that left the rest of its run to a successor: not the end of anything. */
const CONTINUED = '*"status":"continued"*';

/** Megabytes: the SDK, and a few lines of text. */
const MEMORY = 256;

/** Notices that could not be published at once are tried again for this long, Lambda's longest. */
const RETRIED_FOR = Duration.hours(6);

export class Notices extends Construct {
  constructor(scope: Construct, id: string, { settings, storage, machine, sweeps }: NoticesProps) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { displayName: settings.stackName, enforceSSL: true });
    for (const [index, { protocol, endpoint }] of settings.notify.entries()) {
      new Subscription(this, `Subscriber${index}`, { topic, protocol, endpoint });
    }
    // What an execution ended with is text within the event: a rule alone could only pass it on as it is.
    const { lambda, role } = new TombolaFunction(this, 'Handler', {
      settings,
      file: 'notice',
      description: 'Tells subscribers, in words, that a run or a sweep has ended',
      memory: MEMORY,
      timeout: Duration.minutes(1),
      environment: { TOMBOLA_NOTICES: topic.topicArn, TOMBOLA_STACK: settings.stackName },
      bucket: storage.bucket,
      access: { reads: [], writes: [], tags: [], deletes: [], lists: [], reason: '' },
    });
    role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
    lambda.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: RETRIED_FOR });
    const ended = (name: string, detail: object) =>
      new Rule(this, name, {
        description: 'Tells the subscribers that a run or a sweep has ended',
        eventPattern: {
          source: ['aws.states'],
          detailType: ['Step Functions Execution Status Change'],
          detail: {
            stateMachineArn: [machine.arn, sweeps.machine.arn],
            // The searches of a sweep's cells are its own business.
            name: Match.anythingButPrefix(CELL_PREFIX),
            ...detail,
          },
        },
        targets: [new LambdaFunction(lambda, { retryAttempts: 10, maxEventAge: RETRIED_FOR })],
      });
    ended('Succeeded', { status: ['SUCCEEDED'], output: Match.anythingButWildcard(CONTINUED) });
    ended('Failed', { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] });
    new CfnOutput(Stack.of(this), 'NoticeTopic', {
      value: topic.topicArn,
      description: 'Told when a run or a sweep ends: subscribe to it',
    });
  }
}
