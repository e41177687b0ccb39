/** Alarms: a run or a sweep that failed, and throttling that lasts. With an address, they are mailed. */
import { ArnFormat, Aws, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Watched } from './dashboard.ts';

const PERIOD = Duration.minutes(5);
const ALARMS = {
  service: 'cloudwatch',
  resource: 'alarm',
  resourceName: '*',
  arnFormat: ArnFormat.COLON_RESOURCE_NAME,
};

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { settings, steps, machine, sweeps, inbox }: Watched) {
    super(scope, id);
    const { machine: searches } = machine;
    const alarm = (
      name: string,
      props: Pick<AlarmProps, 'metric' | 'evaluationPeriods' | 'alarmDescription'>,
    ) =>
      new Alarm(this, name, {
        ...props,
        alarmName: `${settings.stackName}-${name}`,
        threshold: 0,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    const sum = { statistic: Stats.SUM, period: PERIOD };
    const alarms = [
      alarm('FailedRuns', {
        metric: searches.metricFailed(sum),
        evaluationPeriods: 1,
        alarmDescription: 'A run ended FAILED: its execution in the Step Functions console says why.',
      }),
      alarm('FailedSweeps', {
        metric: sweeps.machine.machine.metricFailed(sum),
        evaluationPeriods: 1,
        alarmDescription:
          'A sweep ended FAILED: its execution in the Step Functions console says why. A cell that fails does not fail the sweep.',
      }),
      // A burst is retried and passes; a quarter of an hour of it means that a quota is too small.
      alarm('ThrottledEvaluations', {
        metric: steps.functions.Evaluate.lambda.metricThrottles(sum),
        evaluationPeriods: 3,
        alarmDescription:
          "Lambda throttles evaluation: lower evaluation.maxConcurrency in the specs, or have the account's quota of concurrent executions raised.",
      }),
      alarm('ThrottledRuns', {
        metric: searches.metricThrottled(sum),
        evaluationPeriods: 3,
        alarmDescription:
          "Step Functions throttles state transitions: run fewer searches at once, or have the account's quota raised.",
      }),
      alarm('InboxErrors', {
        metric: inbox.function.lambda.metricErrors(sum),
        evaluationPeriods: 1,
        alarmDescription: 'A spec dropped into the inbox could neither be started nor refused.',
      }),
      alarm('InboxDrops', {
        // No error of the function, which never saw the event.
        metric: inbox.function.lambda.metric('AsyncEventsDropped', sum),
        evaluationPeriods: 1,
        alarmDescription:
          'Lambda throttled the inbox for too long, and gave up a spec that was dropped into it: drop it again.',
      }),
    ];
    if (settings.alarmEmail === undefined) return;
    const topic = new Topic(this, 'Topic', { displayName: `${settings.stackName} alarms`, enforceSSL: true });
    // The statement that enforces TLS stands in place of SNS's own policy, which lets the account's alarms publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn(ALARMS) },
        },
      }),
    );
    topic.addSubscription(new EmailSubscription(settings.alarmEmail));
    for (const raised of alarms) raised.addAlarmAction(new SnsAction(topic));
  }
}
