/** The command `tombola predict` and its help. */
import { type Command, Option } from '@commander-js/extra-typings';
import { PARTS } from '../../data/dataset.ts';
import { keptShare, sparsity } from '../arguments.ts';
import { addCloudOptions, givenPlaces } from '../cloud/options.ts';
import { addTableOptions, ignoreOption } from '../data-options.ts';

export function addPredictCommand(program: Command): void {
  addCloudOptions(
    addTableOptions(
      program
        .command('predict')
        .description('Predict the class of each sample, with its probability, by a ticket')
        .argument(
          '<ticket>',
          "a ticket's .onnx file, or the folder of a finished run; in the cloud its name or s3:// URI",
        )
        .option(
          '--data <file>',
          'data to predict, with or without labels: CSV, Parquet, NPZ and others, a path or an s3:// URI',
        ),
    )
      .addOption(ignoreOption())
      .addOption(new Option('--on <part>', "part of the run's own data (default: test)").choices(PARTS))
      .option(
        '--kept <share>',
        'of a nested ticket: the share of the weights to keep, such as 0.1',
        keptShare,
      )
      .option('--sparsity <share>', 'of a nested ticket: the share of the weights to leave out', sparsity)
      .option('--probabilities', 'a column for each class, too: its probability', false)
      .option('--out <file>', 'write the predictions to this file, and print how many each class has')
      .option('--json', 'print one JSON document on standard output, nothing else', false),
  )
    .addHelpText(
      'after',
      `
Writes CSV: the number of the sample in its file or part, from 0; the class that the ticket predicts; the probability
that it gives to it, the softmax of its logits. With the true classes (--label, or a run's own data), they are the
column 'label'.

The data need the ticket's features, by name or in their order, in raw units: the ticket scales them. Where columns have
names, others beside the features do no harm; where they have none, leave them out with --ignore.

Examples:
  tombola predict my-run/ticket.onnx --data new.csv > predictions.csv
  tombola predict my-run --data new.parquet --out predictions.csv
  tombola predict my-run --data new.csv --label species    … beside the true classes
  tombola predict my-run --on test --probabilities         the run's own test data
  tombola predict my-run --cloud --data new.csv            the ticket of a run in the cloud`,
    )
    .action(async (given, options, command) => {
      const { printPredictions } = await import('./predict.ts');
      const [ticket = given] = await givenPlaces([given], options, command);
      await printPredictions(ticket, options);
    });
}
