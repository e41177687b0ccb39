/** The commands for runs that are here already. What they need is loaded when one of them runs. */
import type { Command } from '@commander-js/extra-typings';

export function addLocalCommands(program: Command): void {
  program
    .command('compare')
    .description('Compare runs: specs, figures, curves and masks')
    .argument('<runs...>', 'folders of two runs or more, or their names in runs/')
    .option('--out <file>', 'the page', 'compare.html')
    .option('--json', 'print one JSON document on standard output, nothing else', false)
    .option('--quiet', 'print only the path of the page', false)
    .addHelpText(
      'after',
      `
Prints the figures side by side, the fields in which the specs differ, and, for the same frozen weights, the
overlap of the masks. The page also has the curves. Unfinished runs are compared up to their last generation.

Examples:
  tombola compare iris iris-2                   two runs
  tombola run --seed 1 --algorithm annealing    another search, to compare with …
  tombola list                                  … one of these`,
    )
    .action(async (runs, options) => {
      const { compare } = await import('./compare.ts');
      await compare(runs, options);
    });
}
