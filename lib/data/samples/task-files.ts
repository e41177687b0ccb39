/** The data set that a task's files hold. */
import { at } from '../../base/at.ts';
import { defined } from '../../base/defined.ts';
import { InvalidSpec, UserError } from '../../base/errors.ts';
import { remedyOfPackage } from '../../base/file-source.ts';
import type { OpenSource } from '../../base/source.ts';
import type { DataSource, FilesTask, FoundData } from '../../runspec/files.ts';
import type { Dataset, Part, Samples } from '../dataset.ts';
import { product } from '../formats/entry.ts';
import { type HashedSource, hashed } from '../hashed-source.ts';
import { type Classes, LabelCodes, type LabelReader } from '../labels.ts';
import { type Problems, throwProblems } from '../problems.ts';
import { type Collected, collect, distribute, samplesOf } from './collection.ts';
import { readGroups } from './groups.ts';
import { requireIgnored } from './naming.ts';
import { openSamples } from './opening.ts';
import {
  type FileOptions,
  isUnlikely,
  knownOf,
  labelFound,
  labelHint,
  type OpenSide,
  readAs,
  type SampleFile,
} from './sample-file.ts';
import { defaultScaling, fitScaling } from './scaling.ts';
import { SIDES, stratify, TEST_SIDE, TRAIN_SIDE, VALIDATION_SIDE } from './split.ts';

/** Files of a task, each opened once, by its place in the task: `train`, `test.x`, … */
class Files {
  readonly #open: OpenSource;
  readonly opened = new Map<string, HashedSource>();

  constructor(open: OpenSource) {
    this.#open = open;
  }

  for(part: Part): OpenSide {
    return async (uri, side) => {
      const source = await hashed(await this.#open(uri));
      this.opened.set(side ? `${part}.${side}` : part, source);
      return source;
    };
  }

  /** Files that are open already. */
  again(part: Part): OpenSide {
    return async (uri) => this.opened.get(part) ?? this.#open(uri);
  }

  async digests(): Promise<Digests> {
    const digests: Digests = {};
    for (const [place, source] of this.opened) digests[place] = await source.digest();
    return digests;
  }
}

/** A part that is read. */
interface Read {
  readonly file: SampleFile;
  readonly collected: Collected;
  readonly problems: Problems;
}

/**
 * Reads, checks, splits and fits the scaling: a pure function of the task and its files. Throws UserError: which
 * file, where in it, what was found and what to do; InvalidSpec where `task.found` is not found again. `input`: the sizes of a
 * sample that a given network takes; they do not matter where the task says what was found.
 */
export async function readFiles(task: FilesTask, open: OpenSource, input?: readonly number[]): Promise<Data> {
  const files = new Files(open);
  const options = { ...task, image: task.image ?? task.found?.image, input, group: groupOf(task) };
  const trainFile = await openSamples(task.train, 'train', files.for('train'), options);
  const others = await openOthers(task, options, files, trainFile);
  requireIgnored([trainFile, ...others.map(({ file }) => file)]);
  const codes = new LabelCodes(trainFile.label.where);
  const inTrain = await read(trainFile, codes);
  throwProblems([inTrain.problems]);
  const grouped = await readGroups(trainFile, inTrain.collected.count);
  const train = { ...inTrain, collected: { ...inTrain.collected, groups: grouped?.codes } };
  const classes = codes.classes();
  const [only] = classes.names;
  if (classes.names.length === 1) {
    throw new UserError(
      `${trainFile.label.where}: all ${train.collected.count} samples have the label '${only}'; at least two classes are needed`,
    );
  }
  const { label } = trainFile;
  if (isUnlikely(label, classes.names, train.collected.count)) {
    throw new UserError(
      `${label.where}: ${classes.names.length} different labels in ${train.collected.count} samples, such as '${classes.names[0]}': is this the label column? Tombola chose ${labelFound(label)}; name the label column with label (--label), by its name or index`,
    );
  }
  const rest = new Map<Part, Samples>();
  const broken: Problems[] = [train.problems];
  for (const { part, file } of others) {
    const { collected, problems } = await read(file, classes);
    broken.push(problems);
    if (problems.total > 0) continue;
    const held = await readGroups(file, collected.count, grouped?.groups);
    rest.set(part, samplesOf({ ...collected, groups: held?.codes }));
  }
  throwProblems(broken);
  const parts = split(train, labelsOf(train.collected, codes, classes), classes, task, rest);
  const sha256 = await files.digests();
  return datasetOf(task, trainFile, classes, parts, sha256, grouped?.groups.names);
}

/** The column of groups: not a feature unless the user says so. */
function groupOf({ group }: FilesTask): FileOptions['group'] {
  return group === undefined || typeof group === 'object' ? group : { column: group, feature: false };
}

/** Test and validation data that are given, or are in the file of the training data under their names. */
async function openOthers(task: FilesTask, options: FileOptions, files: Files, train: SampleFile) {
  const known = knownOf(train);
  const others: { readonly part: 'test' | 'validation'; readonly file: SampleFile }[] = [];
  for (const part of ['test', 'validation'] as const) {
    const source = task[part];
    if (source !== undefined) {
      others.push({ part, file: await openSamples(source, part, files.for(part), options, known) });
    } else if (train.parts.includes(part)) {
      others.push({ part, file: await openSamples(task.train, part, files.again('train'), options, known) });
    }
  }
  return others;
}

async function read(file: SampleFile, codes: LabelReader): Promise<Read> {
  const problems = file.problems();
  return { file, problems, collected: await collect(file, codes, problems) };
}

/** From codes in the order of the file to classes. */
function labelsOf({ codes }: Collected, met: LabelCodes, classes: Classes): Uint16Array {
  const classOf = Uint16Array.from(met.texts, (text) => classes.code(text));
  return Uint16Array.from(codes, (code) => classOf[code] ?? 0);
}

type Parts = Pick<Dataset, Part>;
type Digests = Record<string, string>;
type Given = ReadonlyMap<Part, Samples>;
type Data = Dataset & { readonly found: FoundData };

function split(read: Read, labels: Uint16Array, classes: Classes, task: FilesTask, given: Given): Parts {
  const { file, collected } = read;
  const shares = {
    test: given.has('test') ? 0 : task.testShare,
    validation: given.has('validation') ? 0 : task.validationShare,
    train: task.trainShare ?? 1,
  };
  const parts = stratify(labels, classes.names, shares, task.seed, file.name, labelHint(file));
  const drawn = distribute(collected, labels, parts, SIDES);
  const held = shares.validation > 0 ? drawn[VALIDATION_SIDE] : undefined;
  return defined({
    train: at(drawn, TRAIN_SIDE),
    test: given.get('test') ?? at(drawn, TEST_SIDE),
    validation: given.get('validation') ?? held,
  });
}

function datasetOf(
  task: FilesTask,
  file: SampleFile,
  classes: Classes,
  parts: Parts,
  sha256: Digests,
  groupNames?: readonly string[],
) {
  const { features } = file;
  const image = task.image ?? file.image;
  if (task.image && product(task.image) !== features)
    throw new InvalidSpec([
      `task.image: found ${task.image.join(' × ')} = ${product(task.image)} values, expected ${features}: ${file.name} has ${features} features`,
    ]);
  const found: FoundData = {
    features,
    classes: classes.names.length,
    train: parts.train.labels.length,
    test: parts.test.labels.length,
    validation: parts.validation?.labels.length ?? 0,
    ...(file.image ? { image: [...file.image] } : {}),
    ...(groupNames && { groups: groupNames.length }),
    sha256,
  };
  if (task.found) checkFound(task, task.found, found);
  return {
    classes: classes.names.length,
    ...parts,
    scaling: fitScaling(parts.train, task.scaling ?? defaultScaling(image !== undefined)),
    classNames: classes.names,
    ...defined({ featureNames: file.featureNames, image, groupNames }),
    readAs: readAs(file),
    found,
  };
}

/** Throws InvalidSpec, which names the files that changed. */
function checkFound(task: FilesTask, expected: FoundData, found: FoundData): void {
  const problems: string[] = [];
  const advice = "use the files of the first run, or remove 'found' from the task to take the new ones";
  for (const [place, digest] of Object.entries(expected.sha256)) {
    const now = found.sha256[place];
    if (now === digest) continue;
    const name = nameOf(task, place);
    problems.push(
      now === undefined
        ? `task.found.sha256: '${place}' is no file of this task; ${advice}`
        : `task.${place}: ${name} is not the file that it was (SHA-256 ${now.slice(0, 12)}…, expected ${digest.slice(0, 12)}…); ${remedyOfPackage(name) ?? advice}`,
    );
  }
  for (const place of Object.keys(found.sha256)) {
    if (expected.sha256[place] === undefined)
      problems.push(`task.${place}: no such file is in task.found; ${advice}`);
  }
  if (problems.length === 0) {
    for (const key of ['features', 'classes', 'train', 'test', 'validation'] as const) {
      if (expected[key] !== found[key]) {
        problems.push(
          `task.found.${key}: found ${found[key]} in the files as they are read now, expected ${expected[key]}; remove 'found' if the task was changed`,
        );
      }
    }
  }
  if (problems.length > 0) throw new InvalidSpec(problems);
}

function nameOf(task: FilesTask, place: string): string {
  const [part, side] = place.split('.');
  const source: DataSource | undefined =
    part === 'train' || part === 'test' || part === 'validation' ? task[part] : undefined;
  if (source === undefined) return place;
  if (typeof source === 'string') return source;
  return side === 'y' ? source.y : source.x;
}
