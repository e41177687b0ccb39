/** The commands for runs in the cloud. What they need is loaded when one of them runs. */
import { type Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { defined } from '../../base/defined.ts';
import { UserError } from '../../base/errors.ts';
import { DEFAULT_PRESET } from '../../runspec/presets.ts';
import { isSweep } from '../../sweep/recognition.ts';
import { budgetOption, wholeNumber } from '../arguments.ts';
import type { Finish } from '../exit-codes.ts';
import { refuseForSweep, specFrom } from '../input.ts';
import { tell } from '../output.ts';
import { addSearchOptions } from '../search-options.ts';
import { addStackOptions, isRemote } from './options.ts';

const RUN = 'name of the run or sweep, its S3 URI, or the ARN of its execution';

/** Runs in the cloud that are listed unless a number is given: each is looked up. */
const MOST_LISTED = 20;

/** A command with the options that all of them have. */
function cloudCommand(program: Command, name: string, description: string) {
  return addStackOptions(program.command(name).description(description)).option(
    '--json',
    'print one JSON document on standard output, nothing else',
    false,
  );
}

/** A link lasts for a week at most. */
function hours(text: string): number {
  const parsed = wholeNumber(1)(text);
  if (parsed <= 168) return parsed;
  throw new InvalidArgumentError('Expected at most 168 hours, a week.');
}

/** Adds `submit`, `watch`, `list`, `pull`, `open` and `stop`. */
export function addCloudCommands(program: Command, finish: Finish): void {
  addSearchOptions(
    cloudCommand(program, 'submit', 'Start a search or a sweep in the cloud')
      .argument(
        '[spec]',
        `a preset, a JSON file (of a run or of a sweep), or - for standard input (default: ${DEFAULT_PRESET})`,
      )
      .option(
        '--runs <n>',
        'for a sweep: seeds per grid point and algorithm; for a preset: a sweep over so many seeds',
        wholeNumber(1),
      ),
  )
    .addOption(budgetOption())
    .option(
      '--name <name>',
      'name of the run (default: preset, seed and time); the name of a stopped sweep continues that sweep',
    )
    .action(async (source, { runs, name, stack, region, profile, json, ...laid }) => {
      const { readRunOrSweep } = await import('../sweep/input.ts');
      const written = await readRunOrSweep(source, runs);
      const options = { stack, region, profile, json, ...(name === undefined ? {} : { name }) };
      if (isSweep(written)) {
        const { budget, ...others } = laid;
        refuseForSweep(others);
        const { submitSweep } = await import('./submit-sweep.ts');
        await submitSweep({ ...written, ...defined({ budget }) }, options);
        return;
      }
      const { submit } = await import('./submit.ts');
      await submit(await specFrom(written, laid), options);
    });

  cloudCommand(program, 'watch', 'Show the progress of a run or a sweep in the cloud, until it ends')
    .argument('<run>', RUN)
    .option('--quiet', 'no progress; print only the URI of the ticket', false)
    .addHelpText('after', '\nCtrl-C ends watching; the run continues.')
    .action(async (run, options, command) => {
      const { watch } = await import('./watch.ts');
      const here = isRemote(command) ? undefined : "'tombola serve' shows it live";
      finish(await besideNamesake(run, here, () => watch(run, options)));
    });

  cloudCommand(program, 'list', 'List the runs and sweeps on this computer, or in the cloud, newest first')
    .argument(
      '[folders...]',
      'folders that hold runs, or the folder of a sweep, to list its cells (default: here)',
    )
    .option('--cloud', 'list the runs in the cloud; implied by --stack, --region and --profile', false)
    .option('--limit <n>', 'number of entries (default: all; in the cloud 20)', wholeNumber(1))
    .addHelpText(
      'after',
      `
Without folders it looks into this one, and into its runs/ and sweeps/.
Age is the time since anything in the folder changed. States: running (a process is at work in it), stopped (tombola
resume continues it), done, failed (a sweep with cells that failed), damaged, unreadable.

Examples:
  tombola list                            what is here
  tombola list sweeps/moons-a --limit 10  the newest cells of a sweep
  tombola list --cloud                    what is on AWS`,
    )
    .action(async (folders, { cloud, limit, ...options }, command) => {
      if (!cloud && !isRemote(command)) {
        const { listStored } = await import('../local/list.ts');
        listStored(folders, defined({ limit, json: options.json }));
        return;
      }
      if (folders.length > 0) {
        throw new UserError(`${folders[0]}: folders are on this computer; leave them out to list the cloud`);
      }
      const { list } = await import('./list.ts');
      await list({ ...options, limit: limit ?? MOST_LISTED });
    });

  cloudCommand(
    program,
    'pull',
    'Download the artifacts of a run or a sweep from the cloud, except those that are here already',
  )
    .argument('<run>', RUN)
    .option('--out <dir>', 'folder for them (default: runs/NAME, or sweeps/NAME)')
    .option('--all', 'include model, data and generations, which tombola resume needs', false)
    .action(async (run, options) => {
      const { pull } = await import('./pull.ts');
      await pull(run, options);
    });

  cloudCommand(
    program,
    'open',
    'Open the report of a run or a sweep in the browser: from its folder on this computer, or by a link to the cloud',
  )
    .argument(
      '<run>',
      'folder of the run or sweep, or its name; in the cloud its name, its S3 URI, or the ARN of its execution',
    )
    .option('--hours <n>', 'how long the link is valid, at most as long as your credentials', hours, 1)
    .option('--no-browser', 'only print the link')
    .action(async (run, options, command) => {
      const { open } = await import('./open.ts');
      await open(run, options, isRemote(command));
    });

  cloudCommand(program, 'stop', 'Stop a run or a sweep in the cloud')
    .argument('<run>', RUN)
    .action(async (run, options, command) => {
      const { stop } = await import('./stop.ts');
      const here = isRemote(command) ? undefined : "Ctrl-C stops it, or 'tombola serve'";
      await besideNamesake(run, here, () => stop(run, options));
    });
}

/** Work on a run in the cloud. If it fails and a run here has that name, `here` tells what to do with the latter. */
async function besideNamesake<Result>(
  named: string,
  here: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { findNamed } = await import('../local/stored-folders.ts');
    const namesake = here === undefined ? undefined : findNamed(named);
    if (namesake) tell(`${named}: is a ${namesake.kind} on this computer; ${here}\n`);
    throw error;
  }
}
