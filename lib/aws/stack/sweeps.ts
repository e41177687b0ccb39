/** Sweeps: a state machine that runs many searches, and a function for each of its Task states. */
import { Stack, Validations } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import * as keys from '../../store/keys.ts';
import type { SweepFunction } from '../../workflow/states.ts';
import { SWEEPS } from '../bucket.ts';
import type { TombolaFunction } from './function.ts';
import type { SearchMachine } from './machine.ts';
import type { Settings } from './settings.ts';
import { executionsNamed, patternOf, TombolaMachine } from './state-machine.ts';
import { sweepFunctions } from './steps.ts';
import type { Storage } from './storage.ts';

export interface SweepsProps {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly machine: SearchMachine;
}

/** A rule of EventBridge that Step Functions makes for itself: it tells when an execution that it waits for ends. */
const WAITING_RULE = 'StepFunctionsGetEventsForStepFunctionsExecutionRule';

export class Sweeps extends Construct {
  readonly functions: Readonly<Record<SweepFunction, TombolaFunction>>;
  readonly machine: TombolaMachine;

  constructor(scope: Construct, id: string, { settings, storage, machine: searches }: SweepsProps) {
    super(scope, id);
    const name = `${settings.stackName}-Sweeps`;
    this.functions = sweepFunctions(this, { settings, storage });
    // By its name: the machine waits for its functions, so their roles cannot wait for the machine.
    const { role } = this.functions.Plan;
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:DescribeExecution'],
        resources: [executionsNamed(this, `${name}:*`)],
      }),
    );
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${patternOf(this, `${name}:*`)}]`,
      reason:
        'An execution that runs a sweep is named when it starts; the pattern holds only those of sweeps.',
    });
    this.machine = new TombolaMachine(this, 'Machine', {
      settings,
      name,
      description: `What ${settings.stackName}'s state machine of sweeps may do`,
      file: 'sweep.asl.json',
      functions: this.functions,
      substitutions: { SearchMachineArn: searches.arn },
    });
    this.#allowSearches(searches, storage);
  }

  /** Permissions for reading the Map's lists and waiting for searches. */
  #allowSearches(searches: SearchMachine, { bucket }: Storage): void {
    const rounds = `${SWEEPS}*/${keys.ROUNDS}*`;
    const policy = new Policy(this, 'Searches', {
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [searches.arn] }),
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: searches.executions(),
        }),
        new PolicyStatement({
          actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
          resources: [
            Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName: WAITING_RULE }),
          ],
        }),
        new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(rounds)] }),
      ],
    });
    this.machine.role.attachInlinePolicy(policy);
    // Step Functions refuses to make a machine that waits for executions and may not use the rule.
    this.machine.machine.node.addDependency(policy);
    searches.acknowledgeExecutions(policy, [':*']);
    const { defaultChild } = bucket.node;
    if (!(defaultChild instanceof CfnBucket)) return;
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(defaultChild)}.Arn>/${rounds}]`,
      reason:
        'A sweep is named when it starts; the pattern holds only the lists of cells that the Map reads.',
    });
  }
}
