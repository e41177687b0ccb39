/** A function's threads: what they make of a piece of work is what one thread makes of it. */
import { afterAll, expect, test } from 'vitest';
import { doHere, releaseEvaluators } from '../../../lib/aws/lambda/evaluators.ts';
import { THREADS, workOfInvocation } from '../../../lib/aws/lambda/pieces.ts';
import { VcpuThreads } from '../../../lib/aws/lambda/threads.ts';
import { openStore } from '../../../lib/places/store.ts';
import { readMoment } from '../../../lib/runs/moments.ts';
import { openRun } from '../../../lib/runs/run.ts';
import { readState } from '../../../lib/runs/state.ts';
import { cutPiece, joinDone, type PieceDone, pieceOf, threadsThatFit } from '../../../lib/steps/pieces.ts';
import * as keys from '../../../lib/store/keys.ts';
import type { SearchState } from '../../../lib/workflow/payloads.ts';
import { evaluate, prepare, select } from '../../lambdas/invoke.ts';
import { placeOf, SMALL_DIGITS, SMALL_SPEC, temporaryFolder } from '../../steps/small-run.ts';

const threads = new VcpuThreads(3);
afterAll(async () => {
  await threads.release();
  await releaseEvaluators();
});

const { stop: _stop, ...WITHOUT_STOP } = SMALL_SPEC;
const ANNEALING = { ...WITHOUT_STOP, algorithm: 'annealing', annealing: { flips: 400, starts: 5 } };

async function workAt({ run: uri, manifest, generation }: SearchState) {
  const run = await openRun(await openStore(uri), manifest);
  const { ask } = await readMoment(run, await readState(run.store, keys.stateOf(generation)));
  return { run, piece: pieceOf(ask) };
}

/** Without what was measured; a checkpoint crosses threads as other kinds of bytes. */
function plain({ scores, improved }: PieceDone) {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return { scores, genomes: improved?.genomes.map(hex), states: improved?.states.map(hex) };
}

test.each([
  ['masks, by accuracy', SMALL_SPEC, 0],
  ['masks, by cross-entropy', SMALL_DIGITS, 0],
  ['individuals to improve', ANNEALING, 1],
])('%s', async (_, spec, generation) => {
  let state = await prepare({ ...spec, run: placeOf(await temporaryFolder()) });
  while (state.generation < generation) {
    await evaluate(state);
    state = await select(state);
  }
  const { run, piece } = await workAt(state);
  const alone = plain(await doHere(run, piece));
  const { work } = workOfInvocation();
  for (let time = 0; time < 2; time++) {
    const shared = await THREADS.run(threads, work, run, piece);
    expect(plain(shared)).toEqual(alone);
    expect(shared.milliseconds).toBeGreaterThan(0);
  }
});

test('an error keeps its name, and a thread that died is started anew', async () => {
  const state = await prepare({ ...SMALL_SPEC, run: placeOf(await temporaryFolder()) });
  const { run, piece } = await workAt(state);
  const [part = piece] = cutPiece(piece, 3);
  const strange = await threads.run({ run: state.run, manifest: '0'.repeat(64), piece: part });
  expect(strange).toMatchObject({ error: { name: 'DamagedArtifact' } });
  const mortal = new VcpuThreads(1);
  const dead = mortal.run({ run: run.store.uri, manifest: run.checksum, piece: part });
  mortal.kill();
  expect(await dead).toMatchObject({ error: { name: 'Runtime.ExitError' } });
  const again = await mortal.run({ run: run.store.uri, manifest: run.checksum, piece: part });
  expect(again).toMatchObject({ done: { scores: { correct: expect.any(Uint32Array) } } });
  await mortal.release();
});

test('pieces that one thread is given at once are done one after another', async () => {
  const state = await prepare({ ...SMALL_DIGITS, run: placeOf(await temporaryFolder()) });
  const { run, piece } = await workAt(state);
  const parts = cutPiece(piece, 6);
  const whole = await doHere(run, piece);
  const together = await Promise.all(parts.map((part) => doHere(run, part)));
  expect(joinDone(together).scores).toEqual(whole.scores);
});

test('a piece is cut into parts of nearly equal size, and joined in their order', async () => {
  const state = await prepare({ ...SMALL_SPEC, run: placeOf(await temporaryFolder()) });
  const { run, piece } = await workAt(state);
  const whole = await doHere(run, piece);
  for (const count of [1, 2, 5, 12, 40]) {
    const parts = [];
    for (const part of cutPiece(piece, count)) parts.push(await doHere(run, part));
    expect(parts.length).toBe(Math.min(count, 12));
    for (const part of cutPiece(piece, count)) {
      // A message holds no more than its part.
      if ('masks' in part) expect(part.masks.bytes.buffer.byteLength).toBe(part.masks.bytes.length);
    }
    expect(joinDone(parts).scores).toEqual(whole.scores);
  }
});

test('as many threads work on a run as its memory allows, and one at least', async () => {
  const { run } = await workAt(await prepare({ ...SMALL_SPEC, run: placeOf(await temporaryFolder()) }));
  expect([1e8, 7e8, 1e10].map((bytes) => threadsThatFit(run, bytes))).toEqual([1, 2, 33]);
});
