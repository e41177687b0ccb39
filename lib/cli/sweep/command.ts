/** The command `tombola sweep` and its help. */
import type { Command } from '@commander-js/extra-typings';
import { timeBudgetOption, wholeNumber } from '../arguments.ts';
import type { Finish } from '../exit-codes.ts';
import { printJson } from '../output.ts';

export function addSweepCommand(program: Command, finish: Finish): void {
  program
    .command('sweep')
    .description('Run a grid of searches: spec fields × algorithms × seeds, with tables and figures')
    .argument('<sweep>', 'a sweep preset, a run preset, a JSON file, or - for standard input')
    .option('--runs <n>', 'seeds per grid point and algorithm (default: those of the sweep)', wholeNumber(1))
    .option('--out <dir>', 'folder for the results (default: sweeps/ and the name of the sweep)')
    .option('--workers <n>', 'searches at a time (default: one per core)', wholeNumber(1))
    .addOption(timeBudgetOption())
    .option('--print', 'print the sweep, ready to edit, and run nothing', false)
    .option('--json', 'print one JSON document on standard output, nothing else', false)
    .option('--quiet', 'no progress; print only the path of sweep.html', false)
    .addHelpText(
      'after',
      `
Examples:
  tombola sweep moons-a --runs 20             one preset with twenty seeds
  tombola sweep paper-binary --runs 10        a study of the paper, with fewer runs
  tombola sweep paper-binary --print > s.json a study to edit …
  tombola sweep s.json --out my-study         … and to run

A sweep is a JSON object; all but seeds may be left out:
  { "base":  { "preset": "moons-a" },                      spec fields that all cells share
    "grid":  { "search.population": [50, 100, 200] },      spec fields and the values they take
    "algorithms": [ { "name": "GA" },                      algorithms to compare; with "match" one waits for
                    { "name": "rare mutants",              another and uses its evaluations or its sparsity
                      "spec": { "search": { "mutation": { "rate": 0.02 } } } } ],
    "seeds": 20,                                           or {"from": 0, "count": 20}, or [1, 2, 3]
    "reference": "GA" }                                    the algorithm that the others are compared with

The results folder then contains sweep.csv, table.csv, algorithms.csv, fronts.csv, sizes.csv,
reach.csv, progress.csv, table.md and sweep.html; each run is in cells/.
Ctrl-C stops after the generations in flight. To continue, repeat the command: finished cells are
not run again, and failed ones are tried again. --runs, the grid and the algorithms may have grown.`,
    )
    .action(async (source, { print, ...options }) => {
      const { readSweep } = await import('./input.ts');
      const checked = await readSweep(source, options.runs);
      if (print) {
        const { sweepDocument } = await import('../../sweep/schema.ts');
        printJson(sweepDocument(checked.sweep));
        return;
      }
      const { sweepLocally } = await import('./sweep.ts');
      finish(await sweepLocally(checked, source, options));
    });
}
