/** `--data`, `--test-data`, `--label` and `--network`: a run on files without a spec file. */
import { Option } from '@commander-js/extra-typings';
import { UserError } from '../base/errors.ts';
import { CONVNET_NAMES } from '../network/convnets.ts';
import { nearest, show } from '../runspec/parser.ts';
import { filesTaskOf, type Json, merge } from '../runspec/written-spec.ts';
import { absoluteFrom } from './paths.ts';

export interface DataOptions {
  /** A data file. */
  readonly data?: string | undefined;
  readonly testData?: string | undefined;
  /** Name or index of the label column. */
  readonly label?: string | undefined;
  /** A convolutional network by its name, an ONNX file, or widths of hidden layers. */
  readonly network?: string | undefined;
}

export const dataOption = () =>
  new Option('--data <file>', 'data to learn from: CSV, Parquet, NPZ and others, a path or an s3:// URI');
export const testDataOption = () =>
  new Option('--test-data <file>', 'data to test on (default: a part of --data)');
export const labelOption = () =>
  new Option('--label <column>', 'the label column, by its name or its index, negative from the end');
export const networkOption = () =>
  new Option(
    '--network <network>',
    `${CONVNET_NAMES.join(', ')}, an ONNX file, or widths of hidden layers such as 100,50`,
  );

/** The spec with the options laid over it. Throws UserError. */
export function withData(spec: Json, { data, testData, label, network }: DataOptions): Json {
  const absolute = absoluteFrom(process.cwd());
  const written = filesTaskOf(spec);
  // Other data than those that the spec says were found.
  const { found: _found, ...rest } = written ?? {};
  const task = data === undefined ? written : { ...rest, dataset: 'files', train: absolute(data, '--data') };
  const over = {
    ...(testData === undefined ? {} : { test: absolute(testData, '--test-data') }),
    ...(label === undefined ? {} : { label: columnOf(label) }),
  };
  if (!task && Object.keys(over).length > 0) {
    const name = testData === undefined ? '--label' : '--test-data';
    throw new UserError(`${name}: is for data in files, and the spec names none; add --data FILE`);
  }
  const ofFiles = task ? { ...spec, task: { ...task, ...over } } : spec;
  return network === undefined ? ofFiles : merge(ofFiles, { network: networkOf(network) });
}

function columnOf(text: string): string | number {
  return /^-?\d+$/.test(text) ? Number(text) : text;
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
