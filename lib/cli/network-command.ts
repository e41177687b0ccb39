/** `tombola network`: its options and help. */
import type { Command } from '@commander-js/extra-typings';
import { DEFAULT_PRESET } from '../runspec/presets.ts';
import { wholeNumber } from './arguments.ts';
import { addDataOptions } from './data-options.ts';

const together = (pattern: string, before: readonly string[] = []) => [...before, pattern];

export function addNetworkCommand(program: Command): void {
  addDataOptions(
    program
      .command('network')
      .description('Show the layers of a network: prunable weights, cost, and speed on this computer')
      .argument(
        '[source]',
        `an ONNX file, a preset, a JSON file, or - for standard input (default: ${DEFAULT_PRESET})`,
      )
      .option('--include <pattern>', 'of an ONNX file: prune only weights whose names match', together)
      .option('--exclude <pattern>', 'of an ONNX file: do not prune weights whose names match', together)
      .option(
        '--samples <n>',
        'of an ONNX file: number of samples to report evaluation rates for (default: 1000)',
        wholeNumber(1),
      ),
  )
    .option('--no-measure', 'do not measure evaluations per second, which takes a second or more')
    .option('--json', 'print one JSON document', false)
    .addHelpText(
      'after',
      `
The network is checked as in a run: operators, shapes and weights that cannot be searched are listed by their
names. Patterns match the column 'tensor'; * means any characters, ? one character. Repeat --include and
--exclude for several patterns.

Multiply-adds are those of one sample. Evaluations per second are measured on one core: for an ONNX file on random samples,
for a spec on its training data.

Examples:
  tombola network net.onnx                       a model from PyTorch, scikit-learn or Keras
  tombola network net.onnx --include 'conv*'     prune the convolutions only
  tombola network digits-10                      the network of a preset
  tombola network --data iris.csv --network 16   one hidden layer of 16 units for your data
  tombola network my.json --json --no-measure    for programs`,
    )
    .action(async (source, { measure, json, ...options }) => {
      const { printNetwork } = await import('./network.ts');
      await printNetwork(source, { ...options, measure, json });
    });
}
