/** The command `tombola extract` and its help. */
import type { Command } from '@commander-js/extra-typings';
import { defined } from '../base/defined.ts';
import { atLeastZero, wholeNumber } from './arguments.ts';
import { addCloudOptions, givenPlaces } from './cloud/options.ts';

export function addExtractCommand(program: Command): void {
  addCloudOptions(
    program
      .command('extract')
      .description('Make a classifier of one class against the rest, from the weights that the class uses')
      .argument('<dirs...>', 'folders of finished runs, or of a sweep; in the cloud names or s3:// URIs')
      .option('--class <name>', 'the class, by its name or its number')
      .option('--all', 'a classifier for each class', false)
      .option('--out <file>', "file of one classifier (default: classes/NAME.onnx in the run's folder)")
      .option('--csv <file>', 'write a row per run and class to this file')
      .option(
        '--flips <n>',
        'flips of the search among these weights; 0: keep all of them (default: 300 for each weight)',
        wholeNumber(0),
      )
      .option(
        '--lambda <nats>',
        'price of keeping all these weights, in nats of cross-entropy',
        atLeastZero,
        0.03,
      )
      .option('--seed <n>', 'seed of the search', wholeNumber(0), 0)
      .option(
        '--cells <pattern>',
        'for a sweep: only cells whose id contains this, or matches it with * and ?',
      )
      .option('--json', 'print one JSON document on standard output, nothing else', false)
      .option('--quiet', 'no progress; print only the paths of the classifiers', false),
  )
    .addHelpText(
      'after',
      `
A classifier answers 1 for the class and 0 for the rest. It keeps weights on the paths that lead to the class's logit, and
compares that logit with a threshold. Training data choose weights and threshold; test data are only scored.

Examples:
  tombola extract my-run --class 3                 my-run/classes/3.onnx
  tombola extract my-run --all                     a classifier for each class
  tombola extract my-run --class 3 --lambda 0.3    … with fewer weights
  tombola extract my-sweep --all --csv classes.csv
  tombola extract my-run --cloud --class 3         a run in the cloud, and beside it
  tombola extract s3://BUCKET/runs/my-run --class 3 --out 3.onnx`,
    )
    .action(async (given, { class: name, out, csv, flips = null, cells, ...options }, command) => {
      const { extract } = await import('./extract.ts');
      await extract(await givenPlaces(given, options, command), {
        ...options,
        flips,
        ...defined({ class: name, out, csv, cells }),
      });
    });
}
