/** `tombola data`: its options. The readers of all formats are loaded when it runs. */
import type { Command } from '@commander-js/extra-typings';
import type { OpenSource } from '../base/source.ts';
import { addTableOptions, groupOption, ignoreOption } from './data-options.ts';
import { type Finish, USER_MISTAKE } from './exit-codes.ts';
import { print } from './output.ts';

/** Adds the command. `open`: where files are read from. */
export function addDataCommand(program: Command, open: OpenSource, finish: Finish): void {
  addTableOptions(
    program
      .command('data')
      .description('Check data files: their content, their problems, and a spec to run on them')
      .argument('<files...>', 'training data; then, if there are any, test and validation data'),
  )
    .addOption(ignoreOption())
    .addOption(groupOption())
    .option('--json', 'print one JSON document', false)
    .addHelpText(
      'after',
      `
Supported: CSV and TSV (.gz too), Parquet, NPZ, safetensors; NPY and IDX (.gz too), with the file of labels after
the file of features. Paths, or s3:// URIs. The exit code is 2 where a run would refuse the data.

Examples:
  tombola data iris.csv
  tombola data train.parquet test.parquet --label outcome
  tombola data people.csv --label hired --group sex
  tombola data train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz`,
    )
    .action(async (files, options) => {
      const { describeData } = await import('./data.ts');
      const { text, usable } = await describeData(files, options, open);
      print(`${text}\n`);
      if (!usable) finish(USER_MISTAKE);
    });
}
