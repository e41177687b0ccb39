/** The deployed stack: where its runs are kept, and the machine that runs them. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { UserError } from '../../base/errors.ts';

/** Options of every command that talks to AWS; what is absent comes from the SDK's usual configuration. */
export interface CloudOptions {
  readonly stack: string;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

export interface Stack {
  readonly bucket: string;
  readonly stateMachineArn: string;
  /** Absent where the stack was deployed before there were sweeps. */
  readonly sweepMachineArn?: string | undefined;
  readonly region: string;
  /** Bytes that a step may take; without limit where the stack was deployed before it said so. */
  readonly memory: number;
}

/** Puts the options where every client of the SDK looks for them. */
export function configure({ region, profile }: CloudOptions): void {
  if (region !== undefined) process.env.AWS_REGION = region;
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
}

/** The stack's outputs. Throws UserError where there is no such stack, or it is not one of ours. */
export async function findStack({ stack: name }: CloudOptions): Promise<Stack> {
  const client = new CloudFormationClient({});
  try {
    const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const output = (key: string) => found?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
    const bucket = output('BucketName');
    const stateMachineArn = output('StateMachineArn');
    if (bucket === undefined || stateMachineArn === undefined) {
      throw new UserError(
        `stack '${name}': is not a finished deployment of Tombola (status ${found?.StackStatus ?? 'unknown'}): its outputs BucketName and StateMachineArn are missing`,
      );
    }
    const region = stateMachineArn.split(':')[3] ?? '';
    const memory = Number(output('Memory') ?? Number.POSITIVE_INFINITY) * 2 ** 20;
    return { bucket, stateMachineArn, sweepMachineArn: output('SweepMachineArn'), region, memory };
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) {
      const region = await client.config.region();
      throw new UserError(
        `stack '${name}': there is no such stack in ${region}; deploy it with 'npm run deploy', or name another with --stack or --region`,
        { cause: error },
      );
    }
    throw error;
  } finally {
    client.destroy();
  }
}

/** The execution's page in the console. */
export function consoleUrl({ region }: Stack, arn: string): string {
  return `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${arn}`;
}
