/** The options that say where in the cloud runs are, and whether names are of runs there. */
import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { CloudOptions } from '../../aws/client/stack.ts';

/** Adds the options of every command that asks the stack. */
export function addStackOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .option('--stack <name>', 'the deployed stack', 'Tombola')
    .option('--region <name>', "AWS region (default: the SDK's usual configuration)")
    .option('--profile <name>', "AWS profile (default: the SDK's usual configuration)");
}

/** Adds the options of a command for finished runs, here or in the cloud. */
export function addCloudOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return addStackOptions(
    command.option(
      '--cloud',
      'names are of runs in the cloud; implied by --stack, --region and --profile',
      false,
    ),
  );
}

/** Whether the command line says where in the cloud; defaults do not count. */
export function isRemote(command: { getOptionValueSource(name: string): string | undefined }): boolean {
  return ['stack', 'region', 'profile'].some((name) => command.getOptionValueSource(name) === 'cli');
}

/** What was given; of names that the command line says are in the cloud, their places there. Throws UserError. */
export async function givenPlaces(
  given: readonly string[],
  { cloud, ...options }: CloudOptions & { readonly cloud: boolean },
  command: Parameters<typeof isRemote>[0],
): Promise<readonly string[]> {
  if (!cloud && !isRemote(command)) return given;
  const { placesInCloud } = await import('./named-places.ts');
  return placesInCloud(given, options);
}
