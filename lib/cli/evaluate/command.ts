/** The command `tombola evaluate` and its help. */
import { type Command, Option } from '@commander-js/extra-typings';
import { PARTS } from '../../data/dataset.ts';
import { keptShare, sparsity } from '../arguments.ts';
import { addCloudOptions, givenPlaces } from '../cloud/options.ts';
import { addTableOptions, groupOption, ignoreOption } from '../data-options.ts';

export function addEvaluateCommand(program: Command): void {
  addCloudOptions(
    addTableOptions(
      program
        .command('evaluate')
        .description('Score a ticket, or many masks, on data: accuracy, loss, F1, confusion matrix')
        .argument(
          '<ticket>',
          "a ticket's .onnx file, or the folder of a finished run; in the cloud its name or s3:// URI",
        )
        .option('--data <file>', 'data to score on: CSV, Parquet, NPZ and others, a path or an s3:// URI'),
    )
      .addOption(ignoreOption())
      .addOption(groupOption())
      .option('--positive <class>', 'the class that counts as positive in gaps between groups')
      .addOption(
        new Option('--on <part>', "part of the run's own data (default: all; with --masks: train)").choices(
          PARTS,
        ),
      )
      .option(
        '--masks <file>',
        'for a run: score these masks over its frozen weights (.npy, .npz, .safetensors)',
      )
      .option(
        '--kept <share>',
        'of a nested ticket: the share of the weights to keep, such as 0.1',
        keptShare,
      )
      .option('--sparsity <share>', 'of a nested ticket: the share of the weights to leave out', sparsity)
      .option('--weights <file>', 'for a run: use these weights instead of its own (.safetensors, .npz)')
      .option('--csv <file>', 'with --masks: write a row per mask to this file')
      .option('--json', 'print one JSON document on standard output, nothing else', false),
  )
    .addHelpText(
      'after',
      `
A run is scored on its own training, test and validation data, or on --data. The file of a ticket needs --data with
the ticket's features, by name or in their order, and a label column. Give raw values: the ticket scales them.

--masks takes an array [masks, weights] of 0 (pruned) and 1 (kept), or the same packed eight to a byte,
numpy.packbits(masks, axis=1); the weights in the order of ticket.safetensors, tensor by tensor, row-major.
An .npz or .safetensors file may hold one mask as NAME.mask, as ticket.safetensors does, or an array 'masks'.
Counts of correct predictions are exact, as in double precision.

--weights takes tensors by the names and shapes of ticket.safetensors, such as layers.0.weight [20, 2] and
layers.0.bias [20]; masks in the file (layers.0.mask) replace the ticket's.

Examples:
  tombola evaluate my-run                                 the ticket on the run's own data
  tombola evaluate my-run --cloud                         the same of a run in the cloud
  tombola evaluate my-run/ticket.onnx --data new.csv      … and on data that it has not seen
  tombola evaluate my-run/ticket.min.onnx --data new.csv --label species --json
  tombola evaluate my-run --sparsity 0.9                  a nested ticket at 90 % sparsity
  tombola evaluate my-run --data new.csv --group sex      … and the gaps between groups
  tombola evaluate my-run --masks masks.npy --on test     many masks over the run's weights
  tombola evaluate my-run --weights mine.npz              the ticket's mask over other weights`,
    )
    .action(async (given, options, command) => {
      const { printEvaluation } = await import('./evaluate.ts');
      const [ticket = given] = await givenPlaces([given], options, command);
      await printEvaluation(ticket, options);
    });
}
