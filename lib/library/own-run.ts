/** Puts algorithms and objectives of programs into a spec, and finds those of a run again. */
import { basename } from 'node:path';
import { UserError } from '../base/errors.ts';
import { type OwnModule, openOwnModule } from '../engine/own-modules.ts';
import type { OwnCodeName, OwnKind } from '../search/own-code.ts';

/** Modules as a caller gives them: paths, or file: URLs. */
export interface OwnModules {
  readonly algorithm?: string | URL | undefined;
  readonly objective?: string | URL | undefined;
}

const KINDS: readonly OwnKind[] = ['algorithm', 'objective'];

/** Loads them in this thread. Throws UserError. */
export async function openOwn(given: OwnModules): Promise<OwnModule[]> {
  const opened: OwnModule[] = [];
  for (const kind of KINDS) {
    const where = given[kind];
    if (where !== undefined) opened.push(await openOwnModule(kind, where));
  }
  return opened;
}

/** The spec with them in it. Throws UserError where it says something else already. */
export function withOwn(spec: unknown, modules: readonly OwnModule[]): unknown {
  if (modules.length === 0 || typeof spec !== 'object' || spec === null) return spec;
  const written: Readonly<Record<string, unknown>> = { ...spec };
  const search = { ...(typeof written.search === 'object' ? written.search : {}) };
  const [algorithm, objective] = KINDS.map((kind) => modules.find((one) => one.kind === kind));
  refuseBoth(algorithm, 'algorithm', written.algorithm);
  refuseBoth(objective, 'search.objective', 'objective' in search ? search.objective : undefined);
  return {
    ...written,
    ...(algorithm ? { algorithm: 'own' } : {}),
    ...(objective ? { search: { ...search, objective: 'own' } } : {}),
    own: Object.fromEntries(modules.map(({ kind, name, sha256 }) => [kind, { name, sha256 }])),
  };
}

function refuseBoth(module: OwnModule | undefined, key: string, said: unknown): void {
  if (module && said !== undefined)
    throw new UserError(
      `${module.kind}: found ${module.name}, and ${key} ${JSON.stringify(said)} in the spec: give one of them`,
    );
}

/** Throws UserError unless the modules are those that the run began with. */
export function requireSame(
  run: string,
  began: Readonly<Partial<Record<OwnKind, OwnCodeName | undefined>>> | undefined,
  modules: readonly OwnModule[],
): void {
  for (const kind of KINDS) {
    const [named, module] = [began?.[kind], modules.find((one) => one.kind === kind)];
    if (named?.sha256 === module?.sha256) continue;
    if (!named)
      throw new UserError(
        `${kind}: found ${module?.name}, but ${run} was begun without an own ${kind}: leave it out`,
      );
    if (!module)
      throw new UserError(
        `${kind}: ${run} was begun with the own ${kind} ${named.name}: give its module, as in resume(folder, { ${kind}: '${named.name}.js' })`,
      );
    throw new UserError(
      `${kind}: ${basename(module.path)} is not the file that ${run} was begun with (SHA-256 ${module.sha256.slice(0, 12)}…, then ${named.sha256.slice(0, 12)}… of ${named.name}): restore that file, or start the search anew in another folder`,
    );
  }
}
