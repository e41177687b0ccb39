/** From what a user wrote to the run spec that was asked for, or one clear error. */
import { least } from 'd3-array';
import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { InvalidSpec } from '../base/errors.ts';
import { counted } from '../base/format.ts';
import { OWN } from '../search/own-code.ts';
import { withDefaults, withDefaultsBelow } from './defaults.ts';
import { filesTaskSchema } from './files.ts';
import { problemsOfIgnored } from './ignored.ts';
import { askedNetwork } from './network.ts';
import { DEFAULT_PRESET, PRESETS } from './presets.ts';
import { type AskedSpec, runSpecSchema } from './schema.ts';
import { filesTaskOf, isObject, type Json, merge, withoutOtherFiles } from './written-spec.ts';

/** The names nearest to `name`, at most three, nearest first. */
export function nearest(name: string, names: readonly string[]): string[] {
  const near = names
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= (candidate.length < 4 ? 1 : candidate.length / 2))
    // Something of it must be there.
    .filter(({ candidate, edits }) => edits < Math.max(name.length, candidate.length))
    .sort((a, b) => a.edits - b.edits);
  const [best = { edits: 0 }] = near;
  return near
    .filter(({ edits }) => edits <= 2 * best.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** The preset of that name. Throws InvalidSpec with the nearest names. */
export function presetNamed(name: string): Json {
  const preset = PRESETS.get(name);
  if (preset) return preset.spec;
  const near = nearest(name, [...PRESETS.keys()]);
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}? ` : '';
  throw new InvalidSpec([
    `preset: found ${show(name)}, which is not a preset; ${hint}'tombola presets' lists them all`,
  ]);
}

/**
 * From what a user wrote to what was asked for: the preset that it names (or the default preset, if it names neither a
 * preset nor a task and a network, nor files) underneath, then defaults. It is complete where no files are left to be read:
 * see `isComplete`. Throws InvalidSpec, which names every problem.
 */
export function parseSpec(input: unknown): AskedSpec {
  if (!isObject(input)) {
    throw new InvalidSpec([
      `spec: found ${show(input)}; a run spec is a JSON object, such as {"preset": "moons-a"}`,
    ]);
  }
  const { preset } = input;
  if (preset !== undefined && typeof preset !== 'string') {
    throw new InvalidSpec([`preset: found ${show(preset)}, expected the name of a preset`]);
  }
  const files = filesTaskOf(input);
  const standsAlone = 'task' in input && ('network' in input || files !== undefined);
  const base = preset !== undefined ? presetNamed(preset) : standsAlone ? {} : presetNamed(DEFAULT_PRESET);
  const named = preset === undefined && !standsAlone ? { preset: DEFAULT_PRESET } : {};
  const merged = withDefaultsBelow(
    merge(withoutOtherFiles(base, input), { ...named, ...input, ...(files ? { task: files } : {}) }),
  );
  const parsed = runSpecSchema.safeParse(merged, { reportInput: true });
  if (!parsed.success) throw new InvalidSpec(problemsOf(parsed.error, merged, runSpecSchema));
  const ignored = problemsOfIgnored(parsed.data.algorithm, merged, base, show);
  if (ignored.length > 0) throw new InvalidSpec(ignored);
  return withDefaults({ ...parsed.data, network: askedNetwork(parsed.data.network, show) });
}

/** JSON Schema (draft 2020-12) of the run spec, for editors. */
export function specJsonSchema(): unknown {
  return z.toJSONSchema(runSpecSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // Files need not say that they are files.
      if (zodSchema === filesTaskSchema) jsonSchema.required = ['train'];
      // No file of a spec can name the code of a program.
      if (jsonSchema.enum) jsonSchema.enum = jsonSchema.enum.filter((value) => value !== OWN);
      delete jsonSchema.properties?.[OWN];
    },
  });
}

/** One line per problem that `schema` has with `root`: where, what was found, what is allowed. `whole`: what it is called. */
export function problemsOf(
  error: z.ZodError,
  root: unknown,
  schema: z.core.$ZodType,
  whole = 'spec',
): string[] {
  const described = error.issues.flatMap((issue) => describe(issue, root, schema));
  const renamed = described.map((line) => (whole === 'spec' ? line : line.replace(/^spec(?=: )/, whole)));
  return [...new Set(renamed)];
}

/** A value as an error shows it, cut short. */
export function show(value: unknown): string {
  // For values that JSON has no text for, such as a function: their kind.
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (Array.isArray(value) && typeof key === 'number') value = value[key];
    else if (isObject(value) && typeof key === 'string') value = value[key];
    else return undefined;
  }
  return value;
}

/** Types in the words of someone who writes JSON. */
const EXPECTED: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text in quotes',
  boolean: 'true or false',
  array: 'a list in brackets',
  tuple: 'a list in brackets',
  object: 'an object in braces',
  record: 'an object in braces',
};

/** One line: where, what was found, what is allowed. */
function describe(issue: z.core.$ZodIssue, root: unknown, schema: z.core.$ZodType): string[] {
  const where = pathOf(issue.path) || 'spec';
  const found = `found ${show(valueAt(root, issue.path))}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, issue.path, root, schema));
    case 'invalid_type':
      return [`${where}: ${found}, expected ${EXPECTED[issue.expected] ?? issue.expected}`];
    case 'invalid_value':
      return [`${where}: ${found}, expected ${allowedBy(issue)}`];
    case 'invalid_union': {
      if (issue.discriminator === undefined) return describeUnion(issue, where, found, root, schema);
      const names = optionsOf(issue);
      return [`${where}: ${found}${names.length > 0 ? `, expected one of ${names.join(', ')}` : ''}`];
    }
    case 'too_small':
      return [`${where}: ${found}, expected ${atLeast(issue)}`];
    case 'too_big':
      return [`${where}: ${found}, expected ${atMost(issue)}`];
    default:
      return [`${where}: ${found}: ${issue.message}`];
  }
}

function atLeast({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string') return 'a text that is not empty';
  if (origin === 'array') return `at least ${counted(Number(minimum), 'entry', 'entries')}`;
  return `${inclusive === false ? 'more than' : 'at least'} ${minimum}`;
}

function atMost({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): string {
  if (origin === 'string') return `a text of at most ${maximum} characters`;
  if (origin === 'array') return `at most ${maximum} entries`;
  return `${inclusive === false ? 'less than' : 'at most'} ${maximum}`;
}

/** The problems of the alternative that the value comes nearest to, with the fewest; of a value of another type, all types allowed. */
function describeUnion(
  { errors, path }: z.core.$ZodIssueInvalidUnion,
  where: string,
  found: string,
  root: unknown,
  schema: z.core.$ZodType,
): string[] {
  const value = valueAt(root, path);
  const others = errors.map(([first]) => otherType(first, value));
  const near = errors
    .filter((_, index) => others[index] === undefined)
    .map((issues) => ({
      lines: issues.flatMap((issue) => describe({ ...issue, path: [...path, ...issue.path] }, root, schema)),
      // Of the value itself, such as a key that it may not have; others are of what is inside.
      own: issues.filter((issue) => issue.path.length === 0).length,
    }));
  const meant = least(near, (a, b) => a.lines.length - b.lines.length || a.own - b.own);
  return meant?.lines ?? [`${where}: ${found}, expected ${[...new Set(others)].join(' or ')}`];
}

/** What is allowed by an alternative whose first problem is that the value has another type; undefined where it has not. */
function otherType(first: z.core.$ZodIssue | undefined, value: unknown): string | undefined {
  if (first === undefined || first.path.length > 0) return undefined;
  if (first.code === 'invalid_type') return EXPECTED[first.expected] ?? first.expected;
  if (first.code !== 'invalid_value' || first.values.some((one) => typeof one === typeof value))
    return undefined;
  return allowedBy(first);
}

function allowedBy({ values }: z.core.$ZodIssueInvalidValue): string {
  const allowed = values.filter((value) => value !== OWN);
  return allowed.map((value) => show(value)).join(' or ');
}

function optionsOf(issue: object): string[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

function unknownKey(
  key: string,
  path: readonly PropertyKey[],
  root: unknown,
  schema: z.core.$ZodType,
): string {
  const where = pathOf([...path, key]);
  const known = keysAt(schema, path, root);
  const near = nearest(key, known);
  return `${where}: unknown key; ${near.length > 0 ? `did you mean ${near.join(' or ')}? ` : ''}known keys: ${known.join(', ')}`;
}

/** The keys that the schema knows at a path of `value`, which decides between alternatives. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  const [key, ...rest] = path;
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return keysAt(schema.unwrap(), path, value);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const chosen = schema.options.filter((option) => {
      const name = option instanceof z.ZodObject && option.shape[schema.def.discriminator];
      return (
        name instanceof z.ZodLiteral && isObject(value) && name.value === value[schema.def.discriminator]
      );
    });
    return chosen.flatMap((option) => keysAt(option, path, value));
  }
  if (schema instanceof z.ZodUnion) {
    const options = schema.options.flatMap((option) => keysAt(option, path, value));
    return [...new Set(options)];
  }
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest, valueAt(value, path.slice(0, 1)));
  if (!(schema instanceof z.ZodObject)) return [];
  if (key === undefined) return Object.keys(schema.shape).filter((one) => one !== OWN);
  const below = schema.shape[String(key)];
  return below === undefined ? [] : keysAt(below, rest, valueAt(value, [key]));
}
