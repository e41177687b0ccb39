/** Pieces of the work that a generation asks for: any thread does one, knowing nothing but the run. */
import type { Moment, Told } from '../algorithms/algorithm.ts';
import { at } from '../base/at.ts';
import { type Evaluator, type Scores, scoreAt } from '../evaluation/evaluator.ts';
import type { Run } from '../runs/run.ts';
import { memoryOfEvaluation } from '../runspec/memory.ts';
import { type PackedMasks, packGenomes, sliceMasks } from '../search/genome.ts';
import { decodeImproving } from '../search/improving-checkpoint.ts';

/** Individuals to improve flip by flip, and then to evaluate. */
export type Improving = Omit<Extract<Moment['ask'], { work: 'improve' }>, 'work' | 'tell'>;

/** Masks that were scored after their improvement, and the states that it goes on from, as checkpoints. */
export interface Improvements {
  readonly genomes: readonly Uint8Array[];
  readonly states: readonly Uint8Array[];
}

/** Masks to evaluate, or individuals to improve. */
export type Piece = { readonly masks: PackedMasks } | Improving;

export interface PieceDone {
  readonly scores: Scores;
  readonly improved?: Improvements;
  /** How long it took; where threads shared it, the longest of them. */
  readonly milliseconds: number;
}

export type DoPiece = (run: Run, piece: Piece) => Promise<PieceDone>;

export interface PieceContext {
  /** Samples of the run's training data. */
  readonly evaluator: Evaluator;
  /** Improves individuals, once the position that they start from is loaded; warm invocations share it. */
  readonly improver: (work: Improving) => Promise<() => Improvements>;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
}

export async function doPiece(
  { manifest }: Run,
  piece: Piece,
  { evaluator, improver, elapsed }: PieceContext,
): Promise<PieceDone> {
  if ('masks' in piece) {
    const began = elapsed();
    const scores = await evaluator.evaluate(piece.masks);
    return { scores, milliseconds: elapsed() - began };
  }
  const improve = await improver(piece);
  const began = elapsed();
  const improved = improve();
  const scores = await evaluator.evaluate(packGenomes(improved.genomes, manifest.bits));
  return { scores, improved, milliseconds: elapsed() - began };
}

/** Threads that can work on a run side by side in so many bytes: each takes what one alone would. */
export function threadsThatFit({ spec }: Pick<Run, 'spec'>, available: number): number {
  return Math.max(1, Math.floor(available / memoryOfEvaluation(spec)));
}

/** Into how many it can be cut, at most. */
export function countUnits(piece: Piece): number {
  return 'masks' in piece ? piece.masks.count : piece.tasks.length;
}

/** Into that many, of nearly equal size; at least one. */
export function cutPiece(piece: Piece, parts: number): Piece[] {
  const units = countUnits(piece);
  const count = Math.max(1, Math.min(parts, units));
  return Array.from({ length: count }, (_, part) => {
    const [from, to] = [Math.floor((part * units) / count), Math.floor(((part + 1) * units) / count)];
    if ('masks' in piece) {
      const { bytes, ...rest } = sliceMasks(piece.masks, from, to);
      // A copy, which is a message without the rest: a slice of what was read from a file would be a view.
      return { masks: { ...rest, bytes: new Uint8Array(bytes) } };
    }
    return { ...piece, tasks: piece.tasks.slice(from, to) };
  });
}

/** Results of the parts of a piece, in their order. */
export function joinDone(parts: readonly PieceDone[]): PieceDone {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const improved = parts.flatMap((part) => part.improved ?? []);
  return {
    scores: {
      correct: Uint32Array.from(parts.flatMap(({ scores }) => [...scores.correct])),
      loss: Float64Array.from(parts.flatMap(({ scores }) => [...scores.loss])),
      macroAverage: Float64Array.from(parts.flatMap(({ scores }) => [...scores.macroAverage])),
      ...(first?.scores.fairness && {
        fairness: Float64Array.from(parts.flatMap(({ scores }) => [...(scores.fairness ?? [])])),
      }),
    },
    ...(improved.length > 0
      ? {
          improved: {
            genomes: improved.flatMap(({ genomes }) => genomes),
            states: improved.flatMap(({ states }) => states),
          },
        }
      : {}),
    milliseconds: Math.max(...parts.map(({ milliseconds }) => milliseconds)),
  };
}

/** All the work of a moment. */
export function pieceOf(ask: Extract<Moment['ask'], { work: 'improve' }>): Improving;
export function pieceOf(ask: Moment['ask']): Piece;
export function pieceOf(ask: Moment['ask']): Piece {
  if (ask.work === 'score') return { masks: ask.brood.masks };
  if (ask.work === 'improve') {
    const { work: _work, tell: _tell, ...improving } = ask;
    return improving;
  }
  throw new TypeError('it asks for no scores');
}

/** Tells a moment what its work came to. */
export function tellDone(ask: Moment['ask'], { scores, improved }: PieceDone, bits: number): Told {
  if (ask.work === 'score') {
    return ask.tell(Array.from(scores.correct, (_, index) => scoreAt(scores, index)));
  }
  if (ask.work === 'train' || !improved) throw new TypeError('it asks for no scores');
  const { genomes, states } = improved;
  return ask.tell(
    states.map((state, index) => ({
      score: scoreAt(scores, index),
      genome: at(genomes, index),
      state: decodeImproving(state, bits, `individual ${index}`),
    })),
  );
}
