/** `tombola completion`: the script that completes commands, options, values and names of runs in a shell. */
import { Argument, type Command } from '@commander-js/extra-typings';
import { print } from '../output.ts';
import { SCRIPTS, SHELLS } from './scripts.ts';

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('Print the script that completes tombola in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
It completes commands, options, their values, presets, files and the names of runs, for the command tombola. If only npx
finds it, first define a function in your shell: tombola() { npx --no tombola "$@"; }

Examples:
  tombola completion bash >> ~/.bashrc
  tombola completion zsh >> ~/.zshrc
  tombola completion fish > ~/.config/fish/completions/tombola.fish`,
    )
    .action((shell) => print(SCRIPTS[shell]));
  // The scripts ask this: `tombola complete -- WORDS`.
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words) => {
      const { offersFor } = await import('./offers.ts');
      const { storedHere } = await import('../local/stored-folders.ts');
      const { values, paths } = offersFor(program, words, storedHere);
      const lines = values.map(({ value, description }) =>
        description ? `${value}\t${description}` : value,
      );
      print([...lines, `:${paths}`, ''].join('\n'));
    });
}
