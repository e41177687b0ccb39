/** Defaults of options: from the environment, the project's tombola.json, and the user's. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { defined } from '../base/defined.ts';
import { UserError } from '../base/errors.ts';
import { fileErrorReason } from '../base/file-errors.ts';
import { parseJson } from '../base/json.ts';
import { problemsOf, show } from '../runspec/parser.ts';
import { shown } from './paths.ts';

const FILE = 'tombola.json';

const schema = z.strictObject({
  $schema: z.string().optional(),
  out: z.string().min(1).optional().describe('folder whose runs/ and sweeps/ take new runs and sweeps'),
  workers: z.int().min(1).optional().describe('worker threads; of a sweep, searches at a time'),
  stack: z.string().min(1).optional().describe('the deployed stack'),
  region: z.string().min(1).optional().describe('AWS region'),
});

interface Defaults {
  /** Absolute. */
  readonly out?: string;
  readonly workers?: number;
  readonly stack?: string;
  readonly region?: string;
}

/** The JSON Schema of tombola.json, for editors. */
export function defaultsJsonSchema(): unknown {
  return z.toJSONSchema(schema, { io: 'input' });
}

/** The nearest to the command line first: environment, project, user. Throws UserError. */
export function defaults(environment: NodeJS.ProcessEnv = process.env): Defaults {
  const project = projectFile(process.cwd());
  const user = userFile(environment);
  const { region, ...written }: Defaults = {
    ...(existsSync(user) && user !== project ? readFile(user) : {}),
    ...(project === undefined ? {} : readFile(project)),
  };
  // The SDK reads AWS_REGION itself, which comes before the files as well.
  const left = region === undefined || environment.AWS_REGION ? {} : { region };
  return { ...written, ...left, ...fromEnvironment(environment) };
}

interface Parsed {
  readonly options: readonly { readonly long?: string | undefined }[];
  getOptionValueSource(name: string): string | undefined;
  setOptionValueWithSource(name: string, value: unknown, source: string): unknown;
}

/** Gives a command the options that its line does not. Throws UserError. */
export function applyDefaults(command: Parsed): void {
  const names = (['workers', 'stack', 'region'] as const).filter((name) =>
    command.options.some(({ long }) => long === `--${name}`),
  );
  if (names.length === 0) return;
  const values = defaults();
  for (const name of names) {
    if (values[name] === undefined || command.getOptionValueSource(name) === 'cli') continue;
    command.setOptionValueWithSource(name, values[name], 'config');
  }
}

/** In this folder, or the nearest above it. */
function projectFile(folder: string): string | undefined {
  const file = join(folder, FILE);
  if (existsSync(file)) return file;
  const above = dirname(folder);
  return above === folder ? undefined : projectFile(above);
}

function userFile(environment: NodeJS.ProcessEnv): string {
  const { APPDATA, XDG_CONFIG_HOME } = environment;
  const configured = process.platform === 'win32' ? APPDATA : XDG_CONFIG_HOME;
  return join(configured || join(homedir(), '.config'), 'tombola', FILE);
}

function readFile(file: string): Defaults {
  const where = shown(file);
  const value = parseJson(textIn(file, where), where);
  const parsed = schema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    const problems = problemsOf(parsed.error, value, schema, 'the file');
    throw new UserError(problems.map((problem) => `${where}: ${problem}`).join('\n'));
  }
  const { $schema: _, out, ...others } = parsed.data;
  return defined({ ...others, out: out === undefined ? undefined : folderFrom(dirname(file), out) });
}

function textIn(file: string, where: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError(`${where}: cannot be read: ${fileErrorReason(cause, 'reading')}`, { cause });
  }
}

/** `~` is the home folder; a relative path begins at the file that holds it. */
function folderFrom(folder: string, path: string): string {
  const home = /^~(?=[/\\]|$)/.test(path);
  return home ? join(homedir(), path.slice(1)) : isAbsolute(path) ? path : resolve(folder, path);
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Defaults {
  const { TOMBOLA_OUT, TOMBOLA_WORKERS, TOMBOLA_STACK, TOMBOLA_REGION } = environment;
  return defined({
    out: TOMBOLA_OUT ? folderFrom(process.cwd(), TOMBOLA_OUT) : undefined,
    workers: TOMBOLA_WORKERS ? workersFrom(TOMBOLA_WORKERS) : undefined,
    stack: TOMBOLA_STACK || undefined,
    region: TOMBOLA_REGION || undefined,
  });
}

function workersFrom(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UserError(`TOMBOLA_WORKERS: found ${show(text)}, expected a whole number, at least 1`);
}
