/** Sweeps: a state machine that runs many searches, and a function for each of its Task states. */
import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { patternsOf, SWEEP_ARTIFACTS } from '../../store/artifacts.ts';
import * as keys from '../../store/keys.ts';
import type { Access } from './access.ts';
import { TombolaFunction } from './function.ts';
import type { SearchMachine } from './machine.ts';
import type { Settings } from './settings.ts';
import { executionsNamed, patternOf, TombolaMachine } from './state-machine.ts';
import { type Storage, SWEEPS } from './storage.ts';

/** The functions, by the name that they have in the definition. */
export const SWEEP_STEPS = ['Plan', 'Note', 'Gather'] as const;
export type SweepStep = (typeof SWEEP_STEPS)[number];

const accessOf = (step: SweepStep, reads = [`${SWEEPS}*`]): Access => ({
  ...patternsOf(step, SWEEP_ARTIFACTS, [`${SWEEPS}*/`]),
  reads,
  lists: [SWEEPS],
  reason:
    'A sweep is named when it starts, and has as many cells as its spec asks for: its objects can only be named by pattern.',
});

/** A hundred thousand cells are planned and gathered by one function: a vCPU, as the other steps have, and its time. */
const DEFINITIONS: Readonly<Record<SweepStep, { description: string; access: Access; minutes: number }>> = {
  Plan: {
    description: 'The cells of a sweep that can run now',
    minutes: 15,
    access: accessOf('Plan'),
  },
  Note: {
    description: 'Why a cell of a sweep failed',
    minutes: 1,
    access: accessOf('Note', []),
  },
  Gather: {
    description: 'Tables and figures of a sweep',
    minutes: 15,
    access: accessOf('Gather'),
  },
};

export interface SweepsProps {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly machine: SearchMachine;
}

/** A rule of EventBridge that Step Functions makes for itself: it tells when an execution that it waits for ends. */
const WAITING_RULE = 'StepFunctionsGetEventsForStepFunctionsExecutionRule';

export class Sweeps extends Construct {
  readonly functions: Readonly<Record<SweepStep, TombolaFunction>>;
  readonly machine: TombolaMachine;

  constructor(scope: Construct, id: string, { settings, storage, machine: searches }: SweepsProps) {
    super(scope, id);
    const name = `${settings.stackName}-Sweeps`;
    const make = (step: SweepStep) =>
      new TombolaFunction(this, step, {
        ...DEFINITIONS[step],
        settings,
        file: `sweep-${step.toLowerCase()}`,
        memory: settings.memory,
        timeout: Duration.minutes(DEFINITIONS[step].minutes),
        environment: { TOMBOLA_RUNS: storage.runs, TOMBOLA_SWEEPS: storage.sweeps },
        bucket: storage.bucket,
      });
    this.functions = { Plan: make('Plan'), Note: make('Note'), Gather: make('Gather') };
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

  /** What the Map reads, and what waiting for a search takes. */
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
