/** `--data`, `--label`, `--delimiter`, `--network` and the like: a run on files without a spec file. */
import { type Command, InvalidArgumentError, Option, type OptionValues } from '@commander-js/extra-typings';
import { defined } from '../base/defined.ts';
import { UserError } from '../base/errors.ts';
import { CONVNET_NAMES } from '../network/convnets.ts';
import { nearest, show } from '../runspec/parser.ts';
import { filesTaskOf, type Json, merge } from '../runspec/written-spec.ts';
import { absoluteFrom } from './paths.ts';

/** Options that say how tables in files are read. */
export interface TableOptions {
  /** Name or index of the label column. */
  readonly label?: string | undefined;
  /** false: the first row holds values. */
  readonly header?: boolean | undefined;
  readonly delimiter?: string | undefined;
  readonly decimal?: '.' | ',' | undefined;
}

export interface DataOptions extends TableOptions {
  /** A data file. */
  readonly data?: string | undefined;
  readonly testData?: string | undefined;
  readonly ignore?: readonly string[] | undefined;
  /** Name or index of the column of groups. */
  readonly group?: string | undefined;
  /** The class that counts as positive in gaps between groups. */
  readonly positive?: string | undefined;
  /** A convolutional network by its name, an ONNX file, or widths of hidden layers. */
  readonly network?: string | undefined;
}

/** Adds the options of every command that reads tables. */
export function addTableOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .option('--label <column>', 'the label column, by its name or its index, negative from the end')
    .option('--header', 'the first row of the data names the columns (default: detected from the content)')
    .option('--no-header', 'the first row of the data holds values')
    .option(
      '--delimiter <character>',
      "delimiter of CSV, such as ; or 'tab' (default: detected from the content)",
      characterOf,
    )
    .addOption(
      new Option(
        '--decimal <character>',
        'decimal separator of CSV; the other one may separate thousands',
      ).choices(['.', ','] as const),
    );
}

/** Adds the options that give a spec data and a network. */
export function addDataOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  const reading = command
    .option('--data <file>', 'training data: CSV, Parquet, NPZ and others, a path or an s3:// URI')
    .option('--test-data <file>', 'test data (default: a part of --data)');
  return addTableOptions(reading)
    .addOption(ignoreOption())
    .addOption(groupOption())
    .option(
      '--positive <class>',
      'the class that counts as positive in gaps between groups (default: the second of two)',
    )
    .option(
      '--network <network>',
      `${CONVNET_NAMES.join(', ')}, an ONNX file, or widths of hidden layers such as 100,50`,
    );
}

export const ignoreOption = () => new Option('--ignore <columns...>', 'columns that are not features');

export const groupOption = () =>
  new Option(
    '--group <column>',
    'the column of the groups of samples, by its name or its index; it is not a feature',
  );

function characterOf(delimiter: string): string {
  const character = /^(tab|\\t)$/i.test(delimiter) ? '\t' : delimiter;
  if (character.length === 1) return character;
  throw new InvalidArgumentError("Expected one character, or 'tab'.");
}

/** The spec with the options laid over it. Throws UserError. */
export function withData(spec: Json, { data, network, testData, label, ...reading }: DataOptions): Json {
  const absolute = absoluteFrom(process.cwd());
  const { header, delimiter, decimal, ignore, group, positive } = reading;
  const written = filesTaskOf(spec);
  // Other data than those that the spec says were found.
  const { found: _found, ...rest } = written ?? {};
  const task = data === undefined ? written : { ...rest, dataset: 'files', train: absolute(data, '--data') };
  const over = defined({
    test: testData === undefined ? undefined : absolute(testData, '--test-data'),
    label: label === undefined ? undefined : labelColumn(label),
    header,
    delimiter,
    decimal,
    group: group === undefined ? undefined : labelColumn(group),
    positive,
    ignore,
  });
  const [given] = Object.keys(over);
  if (!task && given !== undefined) {
    throw new UserError(
      `${given === 'test' ? '--test-data' : flagOf(given)}: is for data in files, and the spec names none; add --data FILE`,
    );
  }
  const ofFiles = task ? { ...spec, task: { ...task, ...over } } : spec;
  return network === undefined ? ofFiles : merge(ofFiles, { network: networkOf(network) });
}

/** An option as it is written on the command line. */
export function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** An index, or a name. */
export function labelColumn(text: string): string | number {
  return /^[+-]?\d+$/.test(text) ? Number(text) : text;
}

function networkOf(text: string): Json {
  if (/^\d+(,\d+)*$/.test(text)) return { hidden: text.split(',').map(Number) };
  if (CONVNET_NAMES.some((name) => name === text)) return { architecture: text };
  if (text.endsWith('.onnx') || text.startsWith('s3://')) {
    return { model: absoluteFrom(process.cwd())(text, '--network') };
  }
  const near = nearest(text, CONVNET_NAMES);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}? ` : '';
  throw new UserError(
    `--network: found ${show(text)}; ${hint}expected one of ${CONVNET_NAMES.join(', ')}, a file that ends with .onnx, or widths of hidden layers such as 100,50`,
  );
}
