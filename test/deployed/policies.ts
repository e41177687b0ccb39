/** The policies of the stack's roles as they were synthesized, with the names that the deployment gave to what is in them. */
import { readFile } from 'node:fs/promises';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { z } from 'zod';

export type Json = z.core.util.JSONType;

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.json()).default({}),
});
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema) });

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
};

/** The ARN of a resource by its type and physical name. */
function arnOf(type: string, name: string): string {
  if (name.startsWith('arn:')) return name;
  const inAccount = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
  switch (type) {
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${name}`;
    case 'AWS::Lambda::Function':
      return inAccount('lambda', `function:${name}`);
    case 'AWS::Logs::LogGroup':
      return inAccount('logs', `log-group:${name}:*`);
    default:
      throw new Error(`the ARN of ${type} ${name}`);
  }
}

/** One of the stack's roles. */
export interface Role {
  /** Its logical id, and the functions that have it. */
  readonly id: string;
  readonly functions: readonly string[];
  readonly policies: readonly Json[];
}

export async function deployedRoles(stackName: string, templateFile: string): Promise<Role[]> {
  const { Resources } = templateSchema.parse(JSON.parse(await readFile(templateFile, 'utf8')));
  const client = new CloudFormationClient();
  const names = new Map<string, string>();
  for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
    for (const { LogicalResourceId = '', PhysicalResourceId = '' } of page.StackResourceSummaries ?? []) {
      names.set(LogicalResourceId, PhysicalResourceId);
    }
  }
  client.destroy();

  const nameOf = (id: string) => PSEUDO[id] ?? names.get(id) ?? z.never().parse(id);
  const attribute = (id: string, name: string) => {
    if (name === 'Arn') return arnOf(Resources[id]?.Type ?? '', nameOf(id));
    if (name === 'Name') return nameOf(id).split(':').at(-1) ?? '';
    throw new Error(`the attribute ${name} of ${id}`);
  };
  const resolved = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(resolved);
    if (typeof value !== 'object' || value === null) return value;
    const { Ref: ref, 'Fn::GetAtt': got, 'Fn::Join': join } = value;
    if (typeof ref === 'string') return nameOf(ref);
    if (Array.isArray(got)) return attribute(String(got[0]), String(got[1]));
    if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map(resolved).join(String(join[0]));
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
  };

  const policySchema = z.object({ Roles: z.array(z.object({ Ref: z.string() })), PolicyDocument: z.json() });
  const policies = Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .map(({ Properties }) => policySchema.parse(Properties));
  const functionSchema = z.object({
    Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  });
  const functions = Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([id, { Properties }]) => ({
      name: nameOf(id),
      role: functionSchema.parse(Properties).Role['Fn::GetAtt'][0],
    }));
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .map(([id]) => ({
      id,
      functions: functions.filter(({ role }) => role === id).map(({ name }) => name),
      policies: policies
        .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === id))
        .map(({ PolicyDocument }) => resolved(PolicyDocument)),
    }));
}
