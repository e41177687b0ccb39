/** The state machine: the definition that the embedded engine runs, with the functions' ARNs filled in. */
import { readFileSync } from 'node:fs';
import { ArnFormat, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CfnStateMachine,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';
import { STEPS, type Steps } from './steps.ts';

const DEFINITION = new URL('../workflow/search.asl.json', import.meta.url);

export class SearchMachine extends Construct {
  readonly machine: StateMachine;
  readonly arn: string;

  constructor(scope: Construct, id: string, { settings, steps }: { settings: Settings; steps: Steps }) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `What ${settings.stackName}'s state machine may do`,
    });
    const functions = STEPS.map((step) => [step, steps.functions[step].lambda.functionArn] as const);
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: functions.map(([, arn]) => arn),
      }),
    );
    this.machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: settings.stackName,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(readFileSync(DEFINITION, 'utf8')),
      definitionSubstitutions: Object.fromEntries(
        functions.map(([step, arn]) => [`${step}FunctionArn`, arn]),
      ),
      role,
      tracingEnabled: true,
      logs: {
        // Names below /aws/vendedlogs/ do not fill up the account's one resource policy for log delivery.
        destination: new LogGroup(this, 'Log', {
          logGroupName: `/aws/vendedlogs/states/${settings.stackName}`,
          retention: settings.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: true,
      },
    });
    this.arn = this.machine.stateMachineArn;
    this.#allowItself(role);
    Validations.of(this.machine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason:
        'Step Functions keeps every event of an execution for 90 days at no charge. The log holds the errors, those of the Express children of a Distributed Map among them; all events of a long run would cost more than its orchestration.',
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: "X-Ray's and the log delivery's actions know no resources to name.",
    });
  }

  /**
   * What a Distributed Map and continue-as-new need: this machine and its own executions. A policy of its own, attached
   * afterwards: the machine waits for its role, so the role's policy cannot name the machine.
   */
  #allowItself(role: Role): void {
    const executions = (resourceName: string) =>
      Stack.of(this).formatArn({
        service: 'states',
        resource: 'execution',
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    const { stateMachineName: name } = this.machine;
    const policy = new Policy(this, 'Executions', {
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [this.arn] }),
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: [executions(`${name}/*`), executions(`${name}:*`)],
        }),
        new PolicyStatement({ actions: ['states:RedriveExecution'], resources: [executions(`${name}/*`)] }),
      ],
    });
    role.attachInlinePolicy(policy);
    const { defaultChild } = this.machine.node;
    if (!(defaultChild instanceof CfnStateMachine)) return;
    const machine = `<${Stack.of(this).getLogicalId(defaultChild)}.Name>`;
    const { partition, region, account } = Stack.of(this);
    const named = (value: string, name: string) => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
    const executionsOf = `arn:${named(partition, 'Partition')}:states:${named(region, 'Region')}:${named(account, 'AccountId')}:execution`;
    for (const pattern of [`${machine}/*`, `${machine}:*`]) {
      Validations.of(policy).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${executionsOf}:${pattern}]`,
        reason: 'Executions are named when they start; the patterns hold only those of this machine.',
      });
    }
  }
}
