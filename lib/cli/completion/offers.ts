/** What the last word of a command line may become: by the commands, options and arguments of the program itself. */
import { basename } from 'node:path';
import type { Argument, CommandUnknownOpts as Command, Option } from '@commander-js/extra-typings';
import { CONVNET_NAMES } from '../../network/convnets.ts';
import { PRESETS } from '../../runspec/presets.ts';
import { OBJECTIVES } from '../../search/individual.ts';
import { PICK_NAMES } from '../../search/picking.ts';
import { SWEEP_PRESETS } from '../../sweep/presets.ts';
import type { StoredFolder } from '../local/stored-folders.ts';

interface Offer {
  readonly value: string;
  readonly description?: string;
}

/** Paths that the shell adds. */
type Paths = 'none' | 'files' | 'folders';

interface Offers {
  readonly values: readonly Offer[];
  readonly paths: Paths;
}

type Stored = () => readonly StoredFolder[];

const NOTHING: Offers = { values: [], paths: 'none' };

/** `given`: the words up to the cursor, without the program; the last one is being written, and may be empty. */
export function offersFor(program: Command, given: readonly string[], stored: Stored): Offers {
  const words = rejoined(given);
  const current = words.at(-1) ?? '';
  const { values, paths } = allOffers(program, words.slice(0, -1), current, stored);
  const written = current.startsWith('--') ? current.replace(/^--[^=]*=/, '') : current;
  return { values: values.filter(({ value }) => value.startsWith(written)), paths };
}

/** Bash gives "--out=a" as three words; a quote that is open belongs to the shell. */
function rejoined(given: readonly string[]): string[] {
  const words: string[] = [];
  for (const [index, word] of given.entries()) {
    const before = words.at(-1) ?? '';
    const goesOn = word === '=' && /^--[^=]+$/.test(before);
    const ends = given[index - 1] === '=' && /^--[^=]+=$/.test(before);
    if (goesOn || ends) words[words.length - 1] = before + word;
    else words.push(word.replace(/^["']/, ''));
  }
  return words;
}

function allOffers(program: Command, before: readonly string[], current: string, stored: Stored): Offers {
  const [name, ...words] = before;
  if (name === undefined) return current.startsWith('-') ? optionsOf(program, []) : commandsOf(program);
  const command = program.commands.find((one) => one.name() === name);
  if (!command) return name === 'help' && words.length === 0 ? commandsOf(program) : NOTHING;
  const { pending, positional, onlyArguments } = readWords(command, words);
  if (pending) return valuesOf(pending, stored);
  const [, long] = /^(--[^=]+)=/.exec(current) ?? [];
  if (long !== undefined && !onlyArguments) {
    const option = command.options.find((one) => one.long === long);
    return option && takesValue(option) ? valuesOf(option, stored) : NOTHING;
  }
  if (current.startsWith('-') && !onlyArguments) return optionsOf(command, words);
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[positional.length] ?? (last?.variadic ? last : undefined);
  // Of its own accord nobody wants help, once the words are complete.
  if (!argument) return onlyArguments ? NOTHING : optionsOf(command, ['--help', ...words]);
  return argumentsOf(command, argument, positional, stored);
}

const takesValue = ({ required, optional }: Option) => required || optional;

/** The option that waits for its value, and what is an argument. */
function readWords(command: Command, words: readonly string[]) {
  let pending: Option | undefined;
  let onlyArguments = false;
  const positional: string[] = [];
  for (const word of words) {
    if (onlyArguments || !word.startsWith('-') || word === '-') {
      if (pending?.variadic) continue;
      if (pending) pending = undefined;
      else positional.push(word);
    } else if (word === '--') {
      pending = undefined;
      onlyArguments = true;
    } else {
      const option = command.options.find(({ long, short }) => word === long || word === short);
      pending = option && takesValue(option) ? option : undefined;
    }
  }
  return { pending, positional, onlyArguments };
}

function commandsOf(program: Command): Offers {
  const commands = program.createHelp().visibleCommands(program);
  const values = commands.map((one) => ({ value: one.name(), description: one.description() }));
  return { values, paths: 'none' };
}

/** All but those that were given. */
function optionsOf(command: Command, words: readonly string[]): Offers {
  const values = command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) =>
      typeof long !== 'string' || words.includes(long) ? [] : [{ value: long, description }],
    );
  return { values, paths: 'none' };
}

/** Paths by the names that help gives to values: <file>, <dir>. */
const PATHS: Readonly<Record<string, Paths>> = {
  file: 'files',
  files: 'files',
  network: 'files',
  source: 'files',
  ticket: 'files',
  dir: 'folders',
  dirs: 'folders',
  folders: 'folders',
  run: 'folders',
  runs: 'folders',
};

/** Names that stand beside other values. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  '--objective': OBJECTIVES,
  '--pick': PICK_NAMES,
  '--network': CONVNET_NAMES,
};

const chosen = (values: readonly string[]): Offer[] => values.map((value) => ({ value }));

function valuesOf({ flags, long, argChoices }: Option, stored: Stored): Offers {
  const [, name = ''] = /[<[]([\w-]+)/.exec(flags) ?? [];
  if (argChoices) return { values: chosen(argChoices), paths: 'none' };
  const named = long === undefined ? undefined : NAMES[long];
  if (named) return { values: chosen(named), paths: PATHS[name] ?? 'none' };
  const isOfRun = long === '--match' || long === '--show';
  return { values: isOfRun ? runNames(stored, []) : [], paths: PATHS[name] ?? 'none' };
}

const RUN_ARGUMENTS = new Set(['run', 'runs', 'dir', 'dirs', 'ticket']);
/** Their runs are in the cloud. */
const CLOUD_COMMANDS = new Set(['watch', 'pull', 'stop']);
const described = (presets: ReadonlyMap<string, { readonly description: string }>): Offer[] =>
  [...presets].map(([value, { description }]) => ({ value, description }));

function argumentsOf(command: Command, argument: Argument, given: readonly string[], stored: Stored): Offers {
  const name = argument.name();
  if (CLOUD_COMMANDS.has(command.name())) return NOTHING;
  if (argument.argChoices) return { values: chosen(argument.argChoices), paths: 'none' };
  if (RUN_ARGUMENTS.has(name)) return { values: runNames(stored, given), paths: PATHS[name] ?? 'none' };
  if (name === 'sweep') return { values: described(SWEEP_PRESETS), paths: 'files' };
  if (name !== 'spec' && name !== 'preset') return { values: [], paths: PATHS[name] ?? 'none' };
  const sweeps = ['estimate', 'submit'].includes(command.name()) ? described(SWEEP_PRESETS) : [];
  return { values: [...described(PRESETS), ...sweeps], paths: 'files' };
}

/** As short as commands take them, but those that were given. Names that a shell would not take as they are, are left out. */
function runNames(stored: Stored, given: readonly string[]): Offer[] {
  try {
    const names = stored().map(({ name }) => (/^(runs|sweeps)[/\\]/.test(name) ? basename(name) : name));
    const plain = names.filter((name) => /^[\p{L}\p{N}./+@%=,_-]+$/u.test(name) && !name.startsWith('-'));
    return chosen([...new Set(plain)].filter((name) => !given.includes(name)));
  } catch {
    return [];
  }
}
