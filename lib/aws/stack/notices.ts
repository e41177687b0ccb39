/** Notices: whoever wants to know is told when a run or a sweep ends, well or not. */
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { EventField, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Subscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { CELL_PREFIX } from '../executions.ts';
import type { SearchMachine } from './machine.ts';
import type { Settings } from './settings.ts';
import type { Sweeps } from './sweeps.ts';

export interface NoticesProps {
  readonly settings: Settings;
  readonly machine: SearchMachine;
  readonly sweeps: Sweeps;
}

/** In the output of an execution that left the rest of its run to a successor: not the end of anything. */
const CONTINUED = '*"status":"continued"*';

export class Notices extends Construct {
  constructor(scope: Construct, id: string, { settings, machine, sweeps }: NoticesProps) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { displayName: settings.stackName, enforceSSL: true });
    for (const [index, { protocol, endpoint }] of settings.notify.entries()) {
      new Subscription(this, `Subscriber${index}`, { topic, protocol, endpoint });
    }
    const ended = (name: string, detail: object, said: readonly string[]) =>
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
        // The target lets events.amazonaws.com publish in the topic's policy, which stands in place of SNS's own.
        targets: [new SnsTopic(topic, { message: RuleTargetInput.fromMultilineText(said.join('\n')) })],
      });
    const arn = EventField.fromPath('$.detail.executionArn');
    const { region } = Stack.of(this);
    const about = [
      `Its execution: https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${arn}`,
    ];
    const started = EventField.fromPath('$.detail.name');
    ended('Succeeded', { status: ['SUCCEEDED'], output: Match.anythingButWildcard(CONTINUED) }, [
      `Tombola: ${started} has ended.`,
      `Its report: npx tombola open ${arn}`,
      ...about,
      `What it ended with: ${EventField.fromPath('$.detail.output')}`,
    ]);
    ended('Failed', { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] }, [
      `Tombola: ${started} has ended: ${EventField.fromPath('$.detail.status')}.`,
      `Why: npx tombola watch ${arn}`,
      ...about,
    ]);
    new CfnOutput(Stack.of(this), 'NoticeTopic', {
      value: topic.topicArn,
      description: 'Told when a run or a sweep ends: subscribe to it',
    });
  }
}
