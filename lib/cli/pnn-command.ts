/** `tombola pnn`: its options and help. */
import type { Command } from '@commander-js/extra-typings';
import { defined } from '../base/defined.ts';
import { DEFAULT_PRESET } from '../runspec/presets.ts';
import { wholeNumber } from './arguments.ts';
import { addDataOptions } from './data-options.ts';
import { readSpec } from './input.ts';

export function addPnnCommand(program: Command): void {
  addDataOptions(
    program
      .command('pnn')
      .description('Train a probabilistic neural network (CS-PNN) in one pass; add and unlearn its classes')
      .argument(
        '[spec]',
        `whose data are taken: a preset, a JSON file, or - for standard input (default: ${DEFAULT_PRESET})`,
      ),
  )
    .option('--seed <n>', 'seed of the order of the samples', wholeNumber(0))
    .option('--out <dir>', 'folder of pnn.onnx, classes.csv and classes.html', 'pnn')
    .option('--json', 'print one JSON document', false)
    .action(async (source, { out, json, ...laid }) => {
      const spec = await readSpec(source, defined(laid));
      const { printPnn } = await import('./pnn.ts');
      await printPnn(spec, { out, json });
    });
}
