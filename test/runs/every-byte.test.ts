/**
 * One byte changed in any file of a run, of any class of its bytes: it is named, or makes no difference. CHANGES=n tries
 * so many changes of each run in place of one or some of each class, CHANGES_SEED=n others.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../lib/base/errors.ts';
import { ticketOfRun } from '../../lib/cli/evaluate/target.ts';
import { rewriteReport } from '../../lib/cli/local-run.ts';
import { TicketSession } from '../../lib/evaluation/ticket.ts';
import { sourceOpener } from '../../lib/places/sources.ts';
import { openFinishedRun } from '../../lib/runs/finished-run.ts';
import { openRun } from '../../lib/runs/run.ts';
import { readRunData } from '../../lib/runs/run-data.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import * as keys from '../../lib/store/keys.ts';
import { checksum } from '../../lib/store/store.ts';
import { finalize, prepare, search } from '../lambdas/invoke.ts';
import { filesIn, placeOf, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';

const SEED = process.env.CHANGES_SEED ?? '1';
const CHANGES = Number(process.env.CHANGES ?? 0);
/** Digits of JSON that are changed: what they say is not seen by its form. */
const DIGITS = 4;

type Files = ReadonlyMap<string, Buffer>;
interface Change {
  readonly file: string;
  readonly at: number;
  readonly to: number;
}

/** A number below `limit` that belongs to `name`. */
function draw(name: string, limit: number): number {
  return Number.parseInt(checksum(`${SEED} ${name}`).slice(0, 12), 16) % limit;
}

async function filesOf(folder: string): Promise<Files> {
  const names = await filesIn(folder);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

async function restore(folder: string, files: Files): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [name, bytes] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

/** Digits, letters and the rest of a text; the length, the header and the data of safetensors; quarters of a model. */
function classOf(file: string, bytes: Buffer, at: number): string {
  if (file.endsWith('.onnx')) return `quarter ${Math.floor((4 * at) / bytes.length)}`;
  if (file.endsWith('.safetensors')) {
    if (at < 8) return 'length';
    return at < 8 + Number(bytes.readBigUInt64LE()) ? 'header' : 'data';
  }
  const character = String.fromCharCode(bytes[at] ?? 0);
  return /\d/.test(character) ? 'digit' : /[a-z]/i.test(character) ? 'letter' : 'other';
}

/** A digit becomes another one; of anything else a bit is flipped. */
function changeAt(file: string, bytes: Buffer, at: number): Change {
  const byte = bytes[at] ?? 0;
  const other = draw(`${file} ${at} to`, 9);
  const digit = byte - 48;
  const to = digit >= 0 && digit <= 9 ? 48 + ((digit + 1 + other) % 10) : byte ^ (1 << (other % 8));
  return { file, at, to };
}

function changesOf(files: Files): Change[] {
  if (CHANGES > 0) {
    const all = [...files];
    return Array.from({ length: CHANGES }, (_, index) => {
      const [file, bytes] = all[draw(`${index} file`, all.length)] ?? ['', Buffer.alloc(0)];
      return changeAt(file, bytes, draw(`${index} at`, bytes.length));
    });
  }
  return [...files].flatMap(([file, bytes]) => {
    const places = Map.groupBy(bytes.keys(), (at) => classOf(file, bytes, at));
    return [...places].flatMap(([name, all]) =>
      Array.from({ length: file.endsWith('.json') && name === 'digit' ? DIGITS : 1 }, (_, index) =>
        changeAt(file, bytes, all[draw(`${file} ${name} ${index}`, all.length)] ?? 0),
      ),
    );
  });
}

/** Without what is measured anew where no summary can be read. */
async function resultsOf(folder: string): Promise<Record<string, string>> {
  const read = (key: string) => readFile(join(folder, key));
  const hashes = [keys.TICKET, keys.TICKET_MINIMISED, keys.TICKET_MASK, keys.HISTORY].map(
    async (key) => [key, checksum(await read(key))] as const,
  );
  const {
    seconds: _seconds,
    cost: _cost,
    evaluationsPerSecond: _rate,
    minimised: _minimised,
    checksum: _checksum,
    ...summary
  } = JSON.parse((await read(keys.SUMMARY)).toString());
  return { ...Object.fromEntries(await Promise.all(hashes)), summary: JSON.stringify(summary) };
}

/** What people ask of a run, each in the folder as it was left: the same answer, or an error that names the damage. */
type Doors = readonly (() => Promise<unknown>)[];

/** One line, as the command line prints it before it ends with 2. */
function isNamed(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error instanceof UserError || USER_ERRORS.has(error.name)) && !error.message.includes('\n');
}

async function answersOf(
  doors: Doors,
): Promise<{ readonly answers: unknown[]; readonly unnamed: unknown[] }> {
  const answers: unknown[] = [];
  const unnamed: unknown[] = [];
  for (const door of doors) {
    try {
      answers.push(JSON.stringify(await door()));
    } catch (error) {
      answers.push(NAMED);
      if (!isNamed(error)) unnamed.push(error);
    }
  }
  return { answers, unnamed };
}

const USER_ERRORS = new Set(['DamagedArtifact', 'UserError']);
const NAMED = Symbol('named');

/** Tries every change; gives those that are neither named nor without consequence, and how many were named. */
async function silentIn(folder: string, files: Files, doors: Doors) {
  await restore(folder, files);
  const { answers: expected } = await answersOf(doors);
  expect(expected).not.toContain(NAMED);
  const changes = changesOf(files);
  const silent: object[] = [];
  let named = 0;
  for (const change of changes) {
    await restore(folder, files);
    const bytes = Buffer.from(files.get(change.file) ?? '');
    bytes[change.at] = change.to;
    await writeFile(join(folder, change.file), bytes);
    const { answers, unnamed } = await answersOf(doors);
    const wrong = answers.filter((answer, index) => answer !== NAMED && answer !== expected[index]);
    if (wrong.length > 0 || unnamed.length > 0) silent.push({ ...change, wrong, unnamed });
    if (answers.includes(NAMED)) named += 1;
  }
  if (CHANGES > 0) console.log(`${changes.length} changes, ${named} named, ${silent.length} silent`);
  return { silent, named };
}

const TIMEOUT = 120_000 + CHANGES * 2_000;
const SPEC = { ...SMALL_SPEC, stop: { minGenerations: 0, maxGenerations: 3 } };

test('of a run that was stopped', { timeout: TIMEOUT }, async () => {
  const folder = await temporaryFolder();
  await search(await prepare({ ...SPEC, run: placeOf(folder) }), { until: 2 });
  const resumed = async () => {
    await finalize(await search(await prepare({ run: placeOf(folder) })));
    return resultsOf(folder);
  };
  const { silent, named } = await silentIn(folder, await filesOf(folder), [resumed]);
  expect(silent).toEqual([]);
  expect(named).toBeGreaterThan(0);
});

test('of a run that is over', { timeout: TIMEOUT }, async () => {
  const folder = await temporaryFolder();
  await finalize(await search(await prepare({ ...SPEC, run: placeOf(folder) })));
  const open = sourceOpener();
  const store = new FolderStore(placeOf(folder));
  const evaluated = async () => {
    await using session = await TicketSession.open((await ticketOfRun(store, 'run')).model);
    const { spec } = await openRun(store);
    const { parts } = await readRunData(store, spec, ['test'], open);
    return await session.score(
      parts.get('test') ?? { features: 0, x: new Float32Array(), labels: new Uint16Array() },
    );
  };
  const opened = async () => {
    const { ticket, population, bits } = await openFinishedRun(store, 'run', open);
    return { ticket, population, bits };
  };
  const reported = async () => {
    await rewriteReport(folder);
    return resultsOf(folder);
  };
  const { silent, named } = await silentIn(folder, await filesOf(folder), [evaluated, opened, reported]);
  expect(silent).toEqual([]);
  expect(named).toBeGreaterThan(0);
});
