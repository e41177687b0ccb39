/** The output of `tombola data` for people. */
import { max, min, sum } from 'd3-array';
import { counted, percent, significantly, whole } from '../base/format.ts';
import { shellWord } from '../base/shell-word.ts';
import type { DescribedFeature, DescribedPart, Description } from '../data/samples/description.ts';
import { labelFound } from '../data/samples/sample-file.ts';
import type { Suggestion } from './data-suggestion.ts';
import { plainTable } from './result.ts';

/** Rows of a table before it is cut. */
const MOST_ROWS = 20;
const MOST_PROBLEMS = 30;
/** Classes whose shares are shown for each group. */
const MOST_CLASSES_OF_GROUPS = 5;

const PARTS = { train: 'training', test: 'test', validation: 'validation' } as const;

export function descriptionText(description: Description, suggestion: Suggestion | undefined): string {
  return [
    partsText(description),
    `label: ${description.label.where}, ${labelFound(description.label)}`,
    ...leftOutText(description),
    classesText(description),
    groupsText(description),
    featuresText(description),
    identifiersText(description),
    problemsText(description, suggestion),
    suggestionText(suggestion),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function partsText({ parts, features, classes, image }: Description): string {
  const picture = image ? ` (images of ${image.join(' × ')})` : '';
  const lines = parts.map(({ part, name, form, samples, alsoInTraining }) => {
    const known =
      part === 'train' || !alsoInTraining
        ? ''
        : `; ${whole(alsoInTraining)} of them are in the training data too`;
    return `${PARTS[part]}: ${name} (${form}): ${counted(samples, 'sample')}${known}`;
  });
  return [
    ...lines,
    `${counted(features.length, 'feature')}${picture}, ${counted(classes.length, 'class', 'classes')}`,
  ].join('\n');
}

function leftOutText({ leftOut }: Description): string[] {
  if (leftOut.length === 0) return [];
  const shown = leftOut.slice(0, MOST_ROWS).map(({ name, why }) => `'${name}' (${why})`);
  return [`left out: ${shown.join(', ')}${leftOut.length > MOST_ROWS ? ', …' : ''}`];
}

function classesText({ classes, parts }: Description): string {
  if (classes.length === 0) return '';
  const row = (label: number) => [
    classes[label] ?? '',
    ...parts.flatMap(({ counts, samples }) => [
      whole(counts[label] ?? 0),
      percent(samples > 0 ? (counts[label] ?? 0) / samples : null, 1),
    ]),
  ];
  const rows = classes.slice(0, MOST_ROWS).map((_, label) => row(label));
  const head = ['class', ...parts.flatMap(({ part }) => [PARTS[part], 'share'])];
  const more =
    classes.length > MOST_ROWS
      ? `\n… ${counted(classes.length - MOST_ROWS, 'more class', 'more classes')}`
      : '';
  return `${plainTable(rows, head)}${more}${balanceText(parts)}`;
}

function balanceText([train]: readonly DescribedPart[]): string {
  if (!train || train.samples === 0) return '';
  const largest = Math.max(...train.counts) / train.samples;
  return `\nalways guessing the largest class is right for ${percent(largest, 1)} of the training samples`;
}

/** A row for each group: its samples, and how many of them are of each class. */
function groupsText({ groups, classes, parts }: Description): string {
  if (!groups || groups.names.length === 0) return '';
  const shown = classes.length <= MOST_CLASSES_OF_GROUPS ? classes : [];
  const grouped = parts.flatMap(({ part, samples, groupCounts }) =>
    groupCounts ? [{ part, samples, groupCounts }] : [],
  );
  const row = (group: number) =>
    grouped.flatMap(({ samples, groupCounts }) => {
      const counts = groupCounts[group] ?? [];
      const own = sum(counts);
      const shares = shown.map((_, label) => percent(own > 0 ? (counts[label] ?? 0) / own : null, 1));
      return [whole(own), percent(samples > 0 ? own / samples : null, 1), ...shares];
    });
  const head = grouped.flatMap(({ part }) => [
    PARTS[part],
    'share',
    ...shown.map((name) => `of class ${name}`),
  ]);
  const table = plainTable(
    groups.names.map((name, group) => [name, ...row(group)]),
    ['group', ...head],
  );
  return `groups: ${groups.place.where}\n\n${table}`;
}

const number = (value: number | null) => significantly(value, 4);

function featuresText({ features }: Description): string {
  const row = (feature: DescribedFeature, index: number) => [
    feature.name ?? String(index),
    number(feature.low),
    number(feature.high),
    number(feature.mean),
    number(feature.deviation),
    feature.missing === 0 ? '' : whole(feature.missing),
    feature.constant ? 'constant' : '',
  ];
  const head = ['feature', 'min', 'max', 'mean', 'deviation', 'missing', ''];
  const table = plainTable(features.slice(0, MOST_ROWS).map(row), head);
  if (features.length <= MOST_ROWS) return table;
  const rest = features.slice(MOST_ROWS);
  const least = min(rest, ({ low }) => low);
  const most = max(rest, ({ high }) => high);
  const range = least === undefined ? '' : `, from ${number(least)} to ${number(most ?? null)}`;
  const constant = features.filter((feature) => feature.constant).length;
  return [
    table,
    `… ${counted(rest.length, 'more feature')}${range}`,
    ...(constant > 0 ? [`${counted(constant, 'feature is', 'features are')} constant`] : []),
  ].join('\n');
}

/** Names of columns that number the samples: id, patient_id, sampleID. */
const IDENTIFIER = /^index$|(?:^|[^a-z])id$/i;
const CAMEL_IDENTIFIER = /[a-z]I[dD]$/;

function identifiersText({ features }: Description): string {
  const names = features.flatMap(({ name }) =>
    name !== null && (IDENTIFIER.test(name) || CAMEL_IDENTIFIER.test(name)) ? [name] : [],
  );
  return names
    .map(
      (name) =>
        `'${name}' may be the number of a sample rather than a feature: leave it out with --ignore ${shellWord(name)}`,
    )
    .join('\n');
}

function problemsText({ problems }: Description, suggestion: Suggestion | undefined): string {
  if (problems.length === 0) return '';
  const lines = problems.slice(0, MOST_PROBLEMS).map((problem) => `  ${problem}`);
  const more = problems.length > MOST_PROBLEMS ? ['  …'] : [];
  const next = suggestion ? ['A run refuses such data: correct them first.'] : [];
  return ['Problems:', ...lines, ...more, ...next].join('\n');
}

function suggestionText(suggestion: Suggestion | undefined): string {
  if (!suggestion) return '';
  const { spec, run, short, convolutional } = suggestion;
  return [
    'A spec to start from (my.json):',
    JSON.stringify(spec, null, 2),
    '',
    `  ${run}`,
    ...(short ? ['or without a file:', `  ${short}`] : []),
    ...(convolutional
      ? ['', `A convolutional network may do better on images, and takes longer: --network ${convolutional}`]
      : []),
  ].join('\n');
}
