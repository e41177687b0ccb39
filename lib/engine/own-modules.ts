/** Loads algorithms and objectives of programs: ES modules whose default export they are. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { type LoadedAlgorithm, OWN_ALGORITHMS } from '../algorithms/own.ts';
import { ALGORITHM_NAMES } from '../algorithms/registry.ts';
import { UserError } from '../base/errors.ts';
import { fileErrorReason } from '../base/file-errors.ts';
import { OBJECTIVES } from '../search/individual.ts';
import type { OwnKind } from '../search/own-code.ts';
import { type LoadedObjective, OWN_OBJECTIVES } from '../search/own-objective.ts';

/** A module as threads load it. */
export const ownModuleSchema = z.object({
  kind: z.enum(['algorithm', 'objective']),
  path: z.string(),
  name: z.string(),
  sha256: z.string(),
});
export type OwnModule = z.output<typeof ownModuleSchema>;

const RESERVED: Readonly<Record<OwnKind, readonly string[]>> = {
  algorithm: ALGORITHM_NAMES,
  objective: OBJECTIVES,
};

const given = (value: unknown) => (value === undefined ? 'nothing' : typeof value);
const aFunction = <Made extends (...values: never[]) => unknown>() =>
  z.custom<Made>((value) => typeof value === 'function', {
    error: ({ input }) => `found ${given(input)}, expected a function`,
  });

function nameOf(kind: OwnKind) {
  return z
    .string({ error: ({ input }) => `found ${given(input)}, expected a name in quotes` })
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, {
      error: ({ input }) =>
        `found ${JSON.stringify(input)}, expected up to 40 lower-case letters, digits and hyphens`,
    })
    .refine((name) => !RESERVED[kind].includes(name), {
      error: ({ input }) => `found "${String(input)}", which is an ${kind} of Tombola: choose another name`,
    });
}

const algorithmSchema = z.strictObject({
  name: nameOf('algorithm'),
  start: aFunction<NonNullable<LoadedAlgorithm['start']>>().optional(),
  ask: aFunction<LoadedAlgorithm['ask']>(),
  tell: aFunction<NonNullable<LoadedAlgorithm['tell']>>().optional(),
});

const objectiveSchema = z.strictObject({
  name: nameOf('objective'),
  fitness: aFunction<LoadedObjective['fitness']>(),
});

/** Loads a module for this thread. `where`: its path, or file: URL. Throws UserError. */
export async function openOwnModule(kind: OwnKind, where: string | URL): Promise<OwnModule> {
  const path = pathOf(kind, where);
  const refused = (problem: string, cause?: unknown) =>
    new UserError(`${kind}: ${basename(path)}: ${problem}`, { cause });
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw refused(fileErrorReason(error, 'reading'), error);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  let loaded: unknown;
  try {
    // By its content: a program that runs on while the file is changed gets the new one.
    loaded = await import(`${pathToFileURL(path).href}?sha256=${sha256}`);
  } catch (error) {
    throw refused(`cannot be loaded: ${String(error)}`, error);
  }
  const { default: found } = z.object({ default: z.unknown().optional() }).parse(loaded);
  if (typeof found !== 'object' || found === null) {
    const expected = kind === 'algorithm' ? 'name and ask' : 'name and fitness';
    throw refused(`found ${given(found)} as its default export, expected an object with ${expected}`);
  }
  return { kind, path, sha256, name: register(kind, sha256, { ...found }, refused) };
}

function pathOf(kind: OwnKind, where: unknown): string {
  if (where instanceof URL || (typeof where === 'string' && /^[a-z][a-z]+:/i.test(where))) {
    if (String(where).startsWith('file:')) return fileURLToPath(where);
  } else if (typeof where === 'string') return resolve(where);
  throw new UserError(`${kind}: found ${String(where)}, expected the path of a module, or its file: URL`);
}

function register(
  kind: OwnKind,
  sha256: string,
  found: object,
  refused: (problem: string) => UserError,
): string {
  const schema = kind === 'algorithm' ? algorithmSchema : objectiveSchema;
  const { data, error } = schema.safeParse(found);
  if (!data) {
    const known = Object.keys(schema.shape).join(', ');
    const problems = error.issues.map((issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown ${issue.keys.join(', ')}; known: ${known}`
        : `${issue.path.join('.')}: ${issue.message}`,
    );
    throw refused(problems.join('; '));
  }
  const { name } = data;
  if ('ask' in data) OWN_ALGORITHMS.add({ name, sha256 }, data);
  else OWN_OBJECTIVES.add({ name, sha256 }, data);
  return name;
}

/** The same in another thread. Throws UserError where the file has changed since. */
export async function reopenOwnModule({ kind, path, sha256 }: OwnModule): Promise<void> {
  const again = await openOwnModule(kind, path);
  if (again.sha256 !== sha256)
    throw new UserError(`${kind}: ${basename(path)} has been changed while the search began: start it again`);
}
