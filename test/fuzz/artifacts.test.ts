/** Folders of runs and sweeps whose files are damaged, gone, or not what they are called, through the commands that read them. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { releaseFunctions, runSearch } from '../../lib/engine/engine.ts';
import { filesIn, placeOf, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';
import { answered, bounded, damagedBytes, damagedJson, HOSTILE_TEXTS, PATIENT } from './answers.ts';

const SPEC = { ...SMALL_SPEC, stop: { minGenerations: 0, maxGenerations: 3 } };

/** What becomes of one file. */
type Damage = (path: string) => Promise<void>;

async function damageOf(path: string): Promise<fc.Arbitrary<Damage>> {
  const bytes = await readFile(path);
  const written =
    (content: Uint8Array | string): Damage =>
    (target) =>
      writeFile(target, content);
  const kinds: fc.Arbitrary<Damage>[] = [
    fc.constant((target) => rm(target)),
    fc.constant(async (target) => {
      await rm(target);
      await mkdir(target);
    }),
    fc.constantFrom('', 'null', '[]', '{}', '0', '['.repeat(10_000), ...HOSTILE_TEXTS).map(written),
    ...(bytes.length > 0 ? [damagedBytes(bytes).map(written)] : []),
  ];
  if (path.endsWith('.json')) {
    kinds.push(damagedJson(JSON.parse(bytes.toString())).map((value) => written(JSON.stringify(value))));
  }
  return fc.oneof(...kinds);
}

/** Damages one or two files of a copy of the folder; then each command has its answer. */
async function holds(whole: string, commands: readonly (readonly string[])[], share: number): Promise<void> {
  const names = (await filesIn(whole)).filter((name) => !name.endsWith('.html'));
  const damages = await Promise.all(names.map((name) => damageOf(join(whole, name))));
  const change = fc
    .nat(names.length - 1)
    .chain((at) =>
      fc.tuple(fc.constant(names[at] ?? ''), damages[at] ?? fc.constant<Damage>(async () => undefined)),
    );
  const copy = join(await temporaryFolder(), 'copy');
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 2 }),
      fc.constantFrom(...commands),
      async (changes, command) => {
        await rm(copy, { recursive: true, force: true });
        await cp(whole, copy, { recursive: true });
        for (const [name, damage] of changes) await damage(join(copy, name)).catch(() => undefined);
        await answered(...command.map((word) => word.replace(/^RUN/, copy)));
      },
    ),
    bounded(share),
  );
}

describe('damaged folders', PATIENT, () => {
  afterEach(() => releaseFunctions());

  test('of a run that is over', async () => {
    const folder = await temporaryFolder();
    await runSearch({ ...SPEC, run: placeOf(folder) }, { workers: 0, name: 'over' });
    const read = [
      ['evaluate', 'RUN', '--json'],
      ['evaluate', 'RUN', '--masks', 'RUN/ticket.safetensors', '--json'],
      ['report', 'RUN', '--json'],
      ['landscape', 'RUN', '--json', '--resolution', '3'],
      ['run', '--algorithm', 'random-search', '--match', 'RUN', '--seed=-1'],
    ];
    await holds(folder, read, 0.25);
    await holds(folder, [['resume', 'RUN', '--json', '--workers', '1']], 0.1);
  });

  test('of a run that was stopped', async () => {
    const folder = await temporaryFolder();
    const stop = new AbortController();
    const onState = ({ generation }: { readonly generation: number }) => {
      if (generation === 2) stop.abort();
    };
    await runSearch(
      { ...SPEC, run: placeOf(folder) },
      { workers: 0, name: 'stopped', signal: stop.signal, onState },
    );
    await holds(folder, [['report', 'RUN', '--json']], 0.125);
    await holds(folder, [['resume', 'RUN', '--json', '--workers', '1']], 0.1);
  });

  test('of a sweep', async () => {
    const folder = await temporaryFolder();
    const spec = join(folder, 'spec.json');
    await writeFile(spec, JSON.stringify({ base: SPEC, grid: { 'search.population': [8, 12] }, seeds: 1 }));
    const out = join(folder, 'sweep');
    expect(await answered('sweep', spec, '--out', out, '--workers', '1', '--quiet')).toMatchObject({
      code: 0,
    });
    await holds(
      out,
      [['landscape', 'RUN', '--no-paths', '--quiet', '--out', join(folder, 'landscape')]],
      0.25,
    );
    await holds(out, [['sweep', spec, '--out', 'RUN', '--workers', '1', '--quiet']], 0.1);
  });
});
