/** The platform: a bucket, a function per step, the state machine, the inbox, and what watches them. */
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Dashboard } from './dashboard.ts';
import { Inbox } from './inbox.ts';
import { SearchMachine } from './machine.ts';
import type { Settings } from './settings.ts';
import { Steps } from './steps.ts';
import { Storage } from './storage.ts';

export class TombolaStack extends Stack {
  constructor(scope: Construct, settings: Settings) {
    const { stackName, region } = settings;
    super(scope, stackName, {
      stackName,
      description: 'Tombola: strong lottery tickets, searched with Step Functions and Lambda',
      ...(region === undefined ? {} : { env: { region } }),
    });
    const storage = new Storage(this, 'Storage', settings);
    const steps = new Steps(this, 'Steps', { settings, storage });
    const machine = new SearchMachine(this, 'Search', { settings, steps });
    const inbox = new Inbox(this, 'Inbox', { settings, storage, machine });
    const watched = { settings, steps, machine, inbox };
    new Dashboard(this, 'Dashboard', watched);
    new Alarms(this, 'Alarms', watched);

    const console = `https://${this.region}.console.aws.amazon.com`;
    new CfnOutput(this, 'StateMachineArn', { value: machine.arn, description: 'Starts runs' });
    new CfnOutput(this, 'Runs', { value: storage.runs, description: 'Where runs are kept' });
    new CfnOutput(this, 'InboxUri', {
      value: storage.inbox,
      description: 'A spec dropped here starts a run',
    });
    new CfnOutput(this, 'BucketName', { value: storage.bucket.bucketName });
    new CfnOutput(this, 'StartConsole', {
      value: `${console}/states/home?region=${this.region}#/statemachines/view/${machine.arn}`,
      description: 'Start a run here: the input {} runs the default preset',
    });
    new CfnOutput(this, 'DashboardConsole', {
      value: `${console}/cloudwatch/home?region=${this.region}#dashboards/dashboard/${stackName}`,
    });
  }
}
