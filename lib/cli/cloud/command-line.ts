/** Commands to go on with, as they are typed. */
import { placeOfRun } from '../../aws/bucket.ts';
import type { RemoteRun } from '../../aws/client/executions.ts';
import type { CloudOptions, Stack } from '../../aws/client/stack.ts';
import { shellWord } from '../../base/shell-word.ts';

const DEFAULT_STACK = 'Tombola';

/** A command to go on with, as it is typed for a run of the same stack. */
export function commandLine(command: string, { stack, region, profile }: CloudOptions): string {
  const option = (name: string, value: string | undefined) =>
    value === undefined ? '' : ` --${name} ${shellWord(value)}`;
  const where = option('stack', stack === DEFAULT_STACK ? undefined : stack);
  return `npx tombola ${command}${where}${option('region', region)}${option('profile', profile)}`;
}

/** A run's name, or where it is when the name does not tell. */
export function wordFor(stack: Stack, { name, uri }: Pick<RemoteRun, 'name' | 'uri'>): string {
  return shellWord(uri === placeOfRun(stack, name) ? name : uri);
}
