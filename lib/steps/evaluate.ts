/** evaluate: the fitness of one chunk of a generation's masks. */
import { algorithmNamed } from '../algorithms/registry.ts';
import { readMaskRows } from '../runs/mask-rows.ts';
import { readMoment } from '../runs/moments.ts';
import { noteRefusal } from '../runs/refusal.ts';
import { type OpenStore, type Run, type RunName, type Spending, UNMETERED } from '../runs/run.ts';
import { encodeScores, fingerprint } from '../runs/scores.ts';
import { readState } from '../runs/state.ts';
import { genomeAt, packGenomes } from '../search/genome.ts';
import * as keys from '../store/keys.ts';
import type { EvaluateEvent } from '../workflow/payloads.ts';
import { type DoPiece, type Piece, pieceOf } from './pieces.ts';

export interface EvaluateContext {
  readonly openStore: OpenStore;
  readonly run: (name: RunName) => Promise<Run>;
  readonly work: DoPiece;
  readonly spent?: Spending;
}

/** Evaluates individuals `chunk`·`chunkSize`… of the generation and writes their scores. Safe to repeat. */
export async function evaluate(
  event: EvaluateEvent,
  context: EvaluateContext,
): Promise<Record<string, never>> {
  try {
    await evaluateChunk(event, context);
  } catch (error) {
    if (!event.noteRefusal) throw error;
    await noteRefusal(await context.openStore(event.run), event, error);
  }
  return {};
}

async function evaluateChunk(
  event: EvaluateEvent,
  { run: opened, work, spent: spending = UNMETERED }: EvaluateContext,
): Promise<void> {
  const run = await opened(event);
  const { store, manifest } = run;
  const { start, piece } = await readChunk(run, event);
  const { scores, improved, milliseconds } = await work(run, piece);
  const masks = 'masks' in piece ? piece.masks : packGenomes(improved?.genomes ?? [], manifest.bits);
  const fingerprints = Array.from({ length: masks.count }, (_, index) => fingerprint(genomeAt(masks, index)));
  const spent = spending(1);
  await store.put(
    keys.scoresOf(event.generation, event.chunk, event.round),
    encodeScores({ start, scores, fingerprints, milliseconds, spent, ...(improved ? { improved } : {}) }),
  );
}

/** The masks to evaluate, or the individuals to improve. Those before and after them are left out. */
async function readChunk(
  run: Run,
  event: EvaluateEvent,
): Promise<{ readonly start: number; readonly piece: Piece }> {
  const { store, manifest, spec } = run;
  const { generation, round, chunk, chunkSize } = event;
  const from = chunk * chunkSize;
  if (algorithmNamed(spec.algorithm).improves) {
    const state = await readState(store, keys.stateOf(generation, round));
    if (state.work === 'improve') {
      const { ask } = await readMoment(run, state);
      if (ask.work !== 'improve') throw new TypeError(`generation ${generation} asks for no improvement`);
      return { start: from, piece: { ...pieceOf(ask), tasks: ask.tasks.slice(from, from + chunkSize) } };
    }
  }
  const key = keys.offspringOf(generation, round);
  const { start, masks } = await readMaskRows(store, key, manifest.bits, from, from + chunkSize);
  return { start, piece: { masks } };
}
