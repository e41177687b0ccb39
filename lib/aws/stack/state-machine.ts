/** A state machine as both of this stack are made: a definition from lib/workflow, with a role and a log of its own. */
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
import type { TombolaFunction } from './function.ts';
import type { Settings } from './settings.ts';

export interface TombolaMachineProps {
  readonly settings: Settings;
  readonly name: string;
  readonly description: string;
  /** The file in lib/workflow. */
  readonly file: string;
  /** The functions that it may invoke, by what the definition calls them: `${PlanFunctionArn}` is that of `Plan`. */
  readonly functions: Readonly<Record<string, TombolaFunction>>;
  /** Other names in the definition. */
  readonly substitutions?: Readonly<Record<string, string>>;
}

export class TombolaMachine extends Construct {
  readonly machine: StateMachine;
  readonly role: Role;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: TombolaMachineProps) {
    super(scope, id);
    const { settings, name, description, file, substitutions = {} } = props;
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description,
    });
    const functions = Object.entries(props.functions).map(
      ([step, { lambda }]) => [step, lambda.functionArn] as const,
    );
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: functions.map(([, arn]) => arn),
      }),
    );
    this.machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(
        readFileSync(new URL(`../../workflow/${file}`, import.meta.url), 'utf8'),
      ),
      definitionSubstitutions: {
        ...Object.fromEntries(functions.map(([step, arn]) => [`${step}FunctionArn`, arn])),
        ...substitutions,
      },
      role: this.role,
      tracingEnabled: true,
      logs: {
        // Names below /aws/vendedlogs/ do not fill up the account's one resource policy for log delivery.
        destination: new LogGroup(this, 'Log', {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: settings.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: true,
      },
    });
    this.arn = this.machine.stateMachineArn;
    this.#allowItself();
    Validations.of(this.machine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason:
        'Step Functions keeps every event of an execution for 90 days at no charge. The log holds the errors, those of the Express children of a Distributed Map among them; all events of a long run would cost more than its orchestration.',
    });
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: "X-Ray's and the log delivery's actions know no resources to name.",
    });
  }

  /** Lets a policy of another machine's role name this machine's executions. */
  executions(): string[] {
    return [executionsNamed(this, `${this.machine.stateMachineName}:*`)];
  }

  /** Acknowledges that `policy` names executions of this machine by the pattern `machine` + `rest`. */
  acknowledgeExecutions(policy: Policy, rests: readonly string[]): void {
    const { defaultChild } = this.machine.node;
    if (!(defaultChild instanceof CfnStateMachine)) return;
    const machine = `<${Stack.of(this).getLogicalId(defaultChild)}.Name>`;
    for (const rest of rests) {
      Validations.of(policy).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${patternOf(this, `${machine}${rest}`)}]`,
        reason: 'Executions are named when they start; the patterns hold only those of this machine.',
      });
    }
  }

  /**
   * Permissions that a Distributed Map and continue-as-new need: this machine and its own executions. A policy of its own, attached
   * afterwards: the machine waits for its role, so the role's policy cannot name the machine.
   */
  #allowItself(): void {
    const { stateMachineName: name } = this.machine;
    const policy = new Policy(this, 'Executions', {
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [this.arn] }),
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: [executionsNamed(this, `${name}/*`), executionsNamed(this, `${name}:*`)],
        }),
        new PolicyStatement({
          actions: ['states:RedriveExecution'],
          resources: [executionsNamed(this, `${name}/*`)],
        }),
      ],
    });
    this.role.attachInlinePolicy(policy);
    this.acknowledgeExecutions(policy, ['/*', ':*']);
  }
}

/** The ARN of executions whose machine and name are `resourceName`. */
export function executionsNamed(scope: Construct, resourceName: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The ARN as cdk-nag writes it. */
export function patternOf(scope: Construct, resourceName: string): string {
  const { partition, region, account } = Stack.of(scope);
  const named = (value: string, name: string) => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  return `arn:${named(partition, 'Partition')}:states:${named(region, 'Region')}:${named(account, 'AccountId')}:execution:${resourceName}`;
}
