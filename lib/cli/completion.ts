/** `tombola completion`: the script that completes commands, options, presets and names of runs in a shell. */
import { basename } from 'node:path';
import { Argument, type Command } from '@commander-js/extra-typings';
import { PRESETS } from '../runspec/presets.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('Print the script that completes tombola in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
It completes commands, options, presets and the names of runs, for the command tombola. If only npx finds it, first
define a function in your shell: tombola() { npx --no tombola "$@"; }

Examples:
  tombola completion bash >> ~/.bashrc
  tombola completion zsh >> ~/.zshrc          below 'autoload -U compinit && compinit'
  tombola completion fish > ~/.config/fish/completions/tombola.fish`,
    )
    .action(async (shell) => {
      const { default: tab } = await import('@bomb.sh/tab');
      tab.setup('tombola', 'tombola', shell);
    });
  // The script asks this: `tombola complete -- WORDS`.
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words) => {
      const { default: tab } = await import('@bomb.sh/tab');
      const { storedHere } = await import('./local/stored-folders.ts');
      describe(tab, program, () => storedHere().map(({ name }) => name));
      tab.parse([...words]);
    });
}

type Complete = (value: string, description: string) => void;
interface Described {
  option(
    name: string,
    description: string,
    handlerOrAlias?: string | ((complete: Complete) => void),
    alias?: string,
  ): unknown;
  argument(name: string, handler?: (complete: Complete) => void, variadic?: boolean): unknown;
}

function describe(
  tab: { command(name: string, description: string): Described },
  program: Command,
  stored: () => readonly string[],
): void {
  const runs = (complete: Complete) => {
    for (const name of namesOf(stored)) complete(name, '');
  };
  const presets = (complete: Complete) => {
    for (const [name, { description }] of PRESETS) complete(name, description);
  };
  for (const command of program.createHelp().visibleCommands(program)) {
    const described = tab.command(command.name(), command.description());
    for (const option of command.createHelp().visibleOptions(command)) {
      const name = option.long?.replace(/^--/, '');
      if (name === undefined) continue;
      const { argChoices = [] } = option;
      const choices = (complete: Complete) => {
        for (const choice of argChoices) complete(choice, '');
      };
      if (option.required || option.optional) described.option(name, option.description, choices);
      else described.option(name, option.description);
    }
    for (const { variadic, ...argument } of command.registeredArguments.map((one) => ({
      name: one.name(),
      variadic: one.variadic,
      choices: one.argChoices ?? [],
    }))) {
      const { name, choices } = argument;
      const handler = RUN_ARGUMENTS.has(name) ? runs : PRESET_ARGUMENTS.has(name) ? presets : undefined;
      const listed = (complete: Complete) => {
        for (const choice of choices) complete(choice, '');
      };
      described.argument(name, handler ?? listed, variadic);
    }
  }
}

const RUN_ARGUMENTS = new Set(['run', 'runs', 'dir', 'dirs', 'ticket']);
const PRESET_ARGUMENTS = new Set(['spec', 'preset', 'sweep']);

/** As short as commands take them. Names that a shell or a terminal would not take as they are, are left out. */
function namesOf(stored: () => readonly string[]): string[] {
  try {
    return [
      ...new Set(stored().map((name) => (/^(runs|sweeps)[/\\]/.test(name) ? basename(name) : name))),
    ].filter((name) => /^[\w./+@%=,-]+$/.test(name));
  } catch {
    return [];
  }
}
