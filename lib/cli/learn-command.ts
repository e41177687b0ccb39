/** The command `tombola learn` and its help. */
import type { Command } from '@commander-js/extra-typings';
import { defined } from '../base/defined.ts';
import { addCloudOptions, givenPlaces } from './cloud/options.ts';

export function addLearnCommand(program: Command): void {
  addCloudOptions(
    program
      .command('learn')
      .description('Learn a prior from the tickets of finished runs; a later search can start from it')
      .argument('<dirs...>', 'folders of finished runs, or of a sweep; in the cloud names or s3:// URIs')
      .option(
        '--cells <pattern>',
        'for a sweep: only cells whose id contains this, or matches it with * and ?',
      )
      .option('--out <file>', 'file of the prior', 'prior.json')
      .option('--json', 'print one JSON document on standard output, nothing else', false)
      .option('--quiet', 'print only the path of the prior', false),
  ).action(async (given, { cells, ...options }, command) => {
    const { learn } = await import('./learn.ts');
    await learn(await givenPlaces(given, options, command), { ...options, ...defined({ cells }) });
  });
}
