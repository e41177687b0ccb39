/** What the policies of a template allow its roles. */
import { z } from 'zod';
import type { Synthesized } from './template.ts';

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const statementSchema = z.strictObject({
  Effect: z.literal('Allow'),
  Action: list,
  Resource: list,
  Condition: z.json().optional(),
});
export const policySchema = z.object({
  Roles: z.array(z.string()),
  PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
});
/** Action → resources, for one role of the template. */
export function permissionsIn(synthesized: Synthesized, role: string): Record<string, string[]> {
  const statements = synthesized
    .ofType('AWS::IAM::Policy')
    .map(({ properties }) => policySchema.parse(properties))
    .filter(({ Roles }) => Roles.includes(`<${role}>`))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const permissions: Record<string, string[]> = {};
  for (const { Action, Resource } of statements) {
    for (const action of Action) permissions[action] = [...(permissions[action] ?? []), ...Resource].sort();
  }
  return permissions;
}
