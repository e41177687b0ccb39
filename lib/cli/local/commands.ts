/** The commands for runs that are here already. What they need is loaded when one of them runs. */
import type { Command } from '@commander-js/extra-typings';
import { ageOf } from '../arguments.ts';

export function addLocalCommands(program: Command): void {
  addCompare(program);
  addRemove(program);
  addPrune(program);
}

function addCompare(program: Command): void {
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
  tombola compare iris iris-2 --out both.html   the page in another file`,
    )
    .action(async (runs, options) => {
      const { compare } = await import('./compare.ts');
      await compare(runs, options);
    });
}

function addRemove(program: Command): void {
  removing(program.command('remove'))
    .description('Delete runs and sweeps from this computer, with all their files')
    .argument('<runs...>', 'their folders, or their names in runs/ or sweeps/')
    .addHelpText(
      'after',
      `
Asks before it deletes; without a terminal it needs --yes. It never deletes a run in which a process is working, or a
folder that holds files of yours.

Examples:
  tombola remove moons-1 sweeps/study
  tombola remove moons-1 --dry-run        show only what would be deleted`,
    )
    .action(async (runs, options) => {
      const { remove } = await import('./remove.ts');
      await remove(runs, options);
    });
}

function addPrune(program: Command): void {
  removing(program.command('prune'))
    .description('Delete the runs and sweeps on this computer that are older than a given age')
    .argument('[folders...]', 'where to look, as for tombola list (default: here)')
    .requiredOption('--older-than <time>', 'time since anything in the folder changed, such as 30d', ageOf)
    .addHelpText(
      'after',
      `
Asks before it deletes, as tombola remove does.

Example:
  tombola prune --older-than 30d --dry-run`,
    )
    .action(async (folders, options) => {
      const { removeOlder } = await import('./remove.ts');
      await removeOlder(folders, options);
    });
}

function removing(command: Command) {
  return command
    .option('--yes', 'delete without asking', false)
    .option('--dry-run', 'only show what would be deleted', false)
    .option('--json', 'print one JSON document on standard output, nothing else', false);
}
