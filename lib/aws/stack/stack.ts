/** The platform: a bucket, a function per step, the state machines, the inbox, and what watches them. */
import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Dashboard } from './dashboard.ts';
import { Inbox } from './inbox.ts';
import { SearchMachine } from './machine.ts';
import { Notices } from './notices.ts';
import type { Settings } from './settings.ts';
import { Steps } from './steps.ts';
import { Storage } from './storage.ts';
import { Sweeps } from './sweeps.ts';

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
    const sweeps = new Sweeps(this, 'Sweeps', { settings, storage, machine });
    const inbox = new Inbox(this, 'Inbox', { settings, storage, machine, sweeps });
    const watched = { settings, steps, machine, sweeps, inbox };
    new Dashboard(this, 'Dashboard', watched);
    new Alarms(this, 'Alarms', watched);
    if (settings.notify.length > 0) new Notices(this, 'Notices', { settings, storage, machine, sweeps });

    // Tags that divide the bill, once they are activated as cost allocation tags.
    Tags.of(this).add('tombola:stack', stackName);
    for (const part of this.node.children) {
      if (part instanceof Construct) Tags.of(part).add('tombola:part', part.node.id);
    }

    const console = `https://${this.region}.console.aws.amazon.com`;
    new CfnOutput(this, 'StateMachineArn', { value: machine.arn, description: 'Starts runs' });
    new CfnOutput(this, 'Runs', { value: storage.runs, description: 'Where runs are kept' });
    new CfnOutput(this, 'SweepMachineArn', { value: sweeps.machine.arn, description: 'Starts sweeps' });
    new CfnOutput(this, 'SweepsUri', { value: storage.sweeps, description: 'Where sweeps are kept' });
    new CfnOutput(this, 'InboxUri', {
      value: storage.inbox,
      description: 'A spec dropped here starts a run, or a sweep',
    });
    new CfnOutput(this, 'DataRole', {
      value: steps.functions.Prepare.role.roleArn,
      description: "Reads data and models: the policy of another account's bucket names it",
    });
    new CfnOutput(this, 'Memory', {
      value: String(settings.memory),
      description: 'MB that a step has: what a spec may need',
    });
    new CfnOutput(this, 'BucketName', { value: storage.bucket.bucketName });
    new CfnOutput(this, 'StartConsole', {
      value: `${console}/states/home?region=${this.region}#/statemachines/view/${machine.arn}`,
      description: 'Start a run here: the input {} runs the default preset',
    });
    new CfnOutput(this, 'StartSweepConsole', {
      value: `${console}/states/home?region=${this.region}#/statemachines/view/${sweeps.machine.arn}`,
      description: 'Start a sweep here: the input is a sweep spec',
    });
    new CfnOutput(this, 'DashboardConsole', {
      value: `${console}/cloudwatch/home?region=${this.region}#dashboards/dashboard/${stackName}`,
    });
  }
}
