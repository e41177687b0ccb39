/** Describes data files for people: `tombola data`. Bad values are reported, not refused. */
import { UserError } from '../../base/errors.ts';
import type { DataSource } from '../../runspec/files.ts';
import type { Part } from '../dataset.ts';
import type { Block } from '../formats/table.ts';
import { type Classes, LabelCodes, type LabelReader, MOST_CLASSES, UNLABELLED } from '../labels.ts';
import type { Problems } from '../problems.ts';
import { rowsIn } from './collection.ts';
import { countGroups } from './group-counts.ts';
import { requireIgnored } from './naming.ts';
import { openSamples } from './opening.ts';
import { Rows } from './rows.ts';
import {
  type FileOptions,
  isUnlikely,
  knownOf,
  type LabelPlace,
  labelHint,
  type OpenSide,
  type SampleFile,
} from './sample-file.ts';
import { concatenated } from './sides.ts';
import { refuseSmallClasses } from './split.ts';
import { type FeatureSummary, Summary } from './summary.ts';

export interface DescribedFeature extends FeatureSummary {
  readonly name: string | null;
  /** Samples without a value. */
  readonly missing: number;
  readonly constant: boolean;
}

export interface DescribedPart {
  readonly part: Part;
  /** The file, or that of its features. */
  readonly name: string;
  readonly form: string;
  readonly samples: number;
  /** How often each class occurs, in the order of `classes`. */
  readonly counts: readonly number[];
  /** The same of each group, in the order of `groups`; null without groups. */
  readonly groupCounts: readonly (readonly number[])[] | null;
  /** For test and validation data: samples whose features are in the training data too; null: not known. */
  readonly alsoInTraining: number | null;
}

export interface Description {
  readonly parts: readonly DescribedPart[];
  readonly features: readonly DescribedFeature[];
  readonly image: readonly [number, number, number] | null;
  readonly label: LabelPlace;
  readonly classes: readonly string[];
  /** Where the groups are that the user names, and the groups of the training data. */
  readonly groups: { readonly place: LabelPlace; readonly names: readonly string[] } | null;
  /** Columns that are not features, and why. */
  readonly leftOut: SampleFile['leftOut'];
  /** Problems that a run would refuse, a line each. */
  readonly problems: readonly string[];
}

/** A part to describe. */
export interface PartSource {
  readonly part: Part;
  readonly source: DataSource;
}

interface Described {
  readonly part: DescribedPart;
  readonly summary: Summary;
  /** The code of each sample's label, where the file has groups. */
  readonly labels: Uint32Array;
  readonly problems: Problems;
}

/**
 * Describes the training data, which come first, and other parts beside them; those that the training file names too.
 * Throws UserError where a file cannot be read as samples at all.
 */
export async function describeFiles(
  sources: readonly PartSource[],
  open: OpenSide,
  options: FileOptions = {},
): Promise<Description> {
  const [first] = sources;
  if (!first) throw new UserError('no file to describe');
  const lenient = { ...options, leaveOutText: true };
  const file = await openSamples(first.source, 'train', open, lenient);
  const codes = new LabelCodes(file.label.where);
  const rows = new Rows();
  const within = file.parts
    .filter((part) => part !== 'train')
    .map((part) => ({ part, source: first.source }));
  const others = sources.length > 1 ? sources.slice(1) : within;
  // Labels are numbered up to the most that can be classes, and the others pass: that there are too many is reported.
  const capped = {
    code: (text: string) => (codes.texts.length > MOST_CLASSES ? UNLABELLED : codes.code(text)),
  };
  const train = await describePart('train', file, capped, (block) => {
    if (others.length > 0) rows.remember(block, file.features);
    return 0;
  });
  const problems = train.problems.lines();
  const classes = classesOf(codes, problems);
  const among = classes?.names.length ?? 0;
  const inClasses = train.labels.map((code) => classes?.code(codes.texts[code] ?? '') ?? UNLABELLED);
  const grouped = await countGroups(file, inClasses, among, problems);
  const counts = countsOf(train.summary, codes, classes);
  const parts: DescribedPart[] = [
    {
      ...train.part,
      counts,
      groupCounts: grouped?.counts ?? null,
      alsoInTraining: null,
    },
  ];
  const opened = [file];
  // Takes every label: what is no class is reported afterwards.
  const tolerant = { code: (text: string) => classes?.code(text) ?? 0 };
  for (const { part, source } of others) {
    const other = await openSamples(source, part, open, lenient, knownOf(file));
    opened.push(other);
    const described = await describePart(part, other, tolerant, (block) => rows.count(block, file.features));
    problems.push(...described.problems.lines());
    const own = classes?.names.map((_, label) => described.summary.counts[label] ?? 0) ?? [];
    const alsoInTraining = rows.complete ? described.part.alsoInTraining : null;
    const held = grouped && (await countGroups(other, described.labels, among, problems, grouped.groups));
    parts.push({ ...described.part, counts: own, groupCounts: held?.counts ?? null, alsoInTraining });
  }
  requireIgnored(opened);
  const unfit = unlikelyLabel(file, classes, train.part.samples);
  if (others.length === 0 && unfit.length === 0) unfit.push(...tooSmallToSplit(file, classes, counts));
  const empty = parts.filter(({ samples }) => samples === 0).map(({ name }) => `${name}: has no rows`);
  return {
    parts,
    features: featuresOf(file, train),
    image: options.image ?? file.image ?? null,
    label: file.label,
    classes: classes?.names ?? [],
    groups: file.groups ? { place: file.groups.place, names: grouped?.groups.names ?? [] } : null,
    leftOut: [
      ...file.leftOut.filter(({ name }) => name !== file.groups?.place.name),
      ...[...(file.lacking?.keys() ?? [])].map((name) => ({ name, why: 'ignored' })),
    ],
    problems: [...problems, ...empty, ...unfit],
  };
}

/** The label is hardly what was meant. */
function unlikelyLabel({ label }: SampleFile, classes: Classes | undefined, samples: number): string[] {
  const names = classes?.names ?? [];
  const many = names.length > 2 && names.length > samples / 2;
  if (!many && !isUnlikely(label, names, samples)) return [];
  return [
    `${label.where}: ${names.length} different labels in ${samples} samples; is this the label column? name it with --label`,
  ];
}

/** Classes that have no samples for both training and test data, which a run draws from the one file. */
function tooSmallToSplit(
  file: SampleFile,
  classes: Classes | undefined,
  counts: readonly number[],
): string[] {
  try {
    refuseSmallClasses(counts, classes?.names ?? [], { test: 1, validation: 0 }, file.name, labelHint(file));
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [error.message];
  }
}

async function describePart(
  part: Part,
  file: SampleFile,
  codes: LabelReader,
  each: (block: Block) => number,
): Promise<Described> {
  const problems = file.problems();
  const summary = new Summary(file.features);
  const labels: Uint32Array[] = [];
  let found = 0;
  let samples = 0;
  for await (const block of file.blocks(codes, problems)) {
    summary.add(block);
    samples += rowsIn(block, file.features);
    found += each(block);
    if (file.groups && block.labels) labels.push(block.labels);
  }
  const { name, form } = file;
  const described = { part, name, form, samples, counts: [], groupCounts: null, alsoInTraining: found };
  return { part: described, summary, problems, labels: concatenated(labels) };
}

/** undefined, and a line in `problems`, where the labels are no classes. */
function classesOf(codes: LabelCodes, problems: string[]): Classes | undefined {
  try {
    const classes = codes.classes();
    const [only] = classes.names;
    if (classes.names.length === 1) {
      problems.push(`all samples have the label '${only}'; at least two classes are needed`);
    }
    return classes;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

function countsOf(summary: Summary, codes: LabelCodes, classes: Classes | undefined): number[] {
  const counts = new Array<number>(classes?.names.length ?? 0).fill(0);
  for (const [code, count] of summary.counts.entries()) {
    const label = classes?.code(codes.texts[code] ?? '');
    if (label !== undefined && label < counts.length) counts[label] = (counts[label] ?? 0) + count;
  }
  return counts;
}

function featuresOf(file: SampleFile, { summary, problems }: Described): DescribedFeature[] {
  const missing = problems.byColumn('missing');
  return Array.from({ length: file.features }, (_, index) => {
    const feature = summary.feature(index);
    const column = file.columns?.[index] ?? index;
    return {
      name: file.featureNames?.[index] ?? null,
      ...feature,
      missing: missing.get(column) ?? 0,
      constant: feature.values > 0 && feature.low === feature.high,
    };
  });
}
