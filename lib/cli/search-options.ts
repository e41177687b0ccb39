/** The options of commands that run a search: `run` here, `submit` in the cloud. */
import { type Command, Option, type OptionValues } from '@commander-js/extra-typings';
import { START_STRATEGIES } from '../algorithms/parts/sections.ts';
import { ALGORITHM_NAMES, DEFAULT_ALGORITHM, MATCHING } from '../algorithms/registry.ts';
import { objectiveOption, pickOption, wholeNumber } from './arguments.ts';
import { addDataOptions } from './data-options.ts';

export function addSearchOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  const searching = command
    .option('--seed <n>', 'seed of the weights and of the search', wholeNumber(0))
    .option('--generations <n>', 'stop after this many generations', wholeNumber(0))
    .option('--epochs <n>', 'of a training, such as backprop: the most epochs', wholeNumber(1))
    .option('--population <n>', 'individuals that survive a generation', wholeNumber(2))
    .addOption(
      new Option('--algorithm <name>', `search, or baseline (default: ${DEFAULT_ALGORITHM})`).choices(
        ALGORITHM_NAMES,
      ),
    )
    .addOption(objectiveOption())
    .addOption(
      new Option('--start <strategy>', 'which random masks enter the population').choices(START_STRATEGIES),
    )
    .addOption(pickOption())
    .option('--match <dir>', `match a finished run: ${matches()}`);
  return addDataOptions(searching);
}

/** "A in evaluations; B and C in sparsity". */
function matches(): string {
  const quantities = [...new Set(MATCHING.map(({ quantity }) => quantity))];
  return quantities
    .map((quantity) => {
      const names = MATCHING.filter((row) => row.quantity === quantity).map(({ name }) => name);
      return `${new Intl.ListFormat('en-GB').format(names)} in ${quantity}`;
    })
    .join('; ');
}
