/** The command `tombola landscape` and its help. */
import type { Command } from '@commander-js/extra-typings';
import { defined } from '../base/defined.ts';
import { wholeNumber } from './arguments.ts';
import { addCloudOptions, givenPlaces } from './cloud/options.ts';

export function addLandscapeCommand(program: Command): void {
  addCloudOptions(
    program
      .command('landscape')
      .description('Draw the fitness around a ticket, and between the tickets of several runs')
      .argument('<dirs...>', 'folders of finished runs, or of a sweep; in the cloud names or s3:// URIs')
      .option('--seed <n>', 'seed of the orders and directions in which bits are flipped', wholeNumber(0), 0)
      .option(
        '--resolution <n>',
        'masks along each side of the slice (default: 25, fewer for large networks)',
        wholeNumber(3),
      )
      .option(
        '--no-paths',
        'several runs: report only how often weights are kept; the frozen weights may differ',
      )
      .option(
        '--optima <n>',
        'climb to this many local optima of each run, and measure ruggedness and neutrality',
        wholeNumber(0),
        0,
      )
      .option(
        '--cells <pattern>',
        'for a sweep: only cells whose id contains this, or matches it with * and ?',
      )
      .option('--out <dir>', 'several runs, or one in S3: folder for the page (default: landscape)')
      .option('--json', 'print one JSON document on standard output, nothing else', false)
      .option('--quiet', 'no progress; print only the path of the page', false),
  )
    .addHelpText(
      'after',
      `
One run: paths from its ticket, bit by bit in random and in greedy order, and a slice through the masks around it,
by accuracy and by cross-entropy. They become a section of the run's report.html; 'tombola report' keeps it.

Several runs: the paths between their tickets, and how often each weight is kept, in landscape/landscape.html.
Paths need the same weights and the same task: give the specs one network.seed and different seeds.
For a sweep, how often weights are kept is reported for each grid point and algorithm. Cells without a mask (backprop)
and those that are not finished are left out.

Examples:
  tombola landscape my-run                     a section of my-run/report.html
  tombola landscape my-run --optima 16         and its local optima
  tombola landscape run-1 run-2 --out between  from ticket to ticket
  tombola landscape my-sweep --no-paths        which weights the tickets of a sweep keep
  tombola landscape my-sweep --no-paths --cells '*_ga_*'`,
    )
    .action(async (given, { resolution, cells, out, ...options }, command) => {
      const { printLandscape } = await import('./landscape.ts');
      await printLandscape(
        await givenPlaces(given, options, command),
        defined({ ...options, resolution, cells, out }),
      );
    });
}
