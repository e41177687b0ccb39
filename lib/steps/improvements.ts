/** The work of Evaluate where an algorithm asks for improvements: individuals are improved flip by flip, on a warm position. */
import { UnusableOutput } from '../base/errors.ts';
import { random } from '../base/random.ts';
import { shuffle } from '../base/shuffle.ts';
import { pick, type Samples } from '../data/dataset.ts';
import { openPosition } from '../evaluation/flips/positions.ts';
import type { AnyNetwork } from '../network/network.ts';
import { readNetwork, verified } from '../runs/networks.ts';
import type { Run } from '../runs/run.ts';
import { decodeSamples } from '../runs/samples.ts';
import { bytesPerGenome } from '../search/genome.ts';
import { bestOf, improve, startImproving } from '../search/improving.ts';
import { encodeImproving } from '../search/improving-checkpoint.ts';
import type { Position } from '../search/position.ts';
import * as keys from '../store/keys.ts';
import type { Improvements, Improving } from './pieces.ts';

/** The position to judge flips by, of the samples of that draw. */
export type PositionOf = (draw: number) => Position;

/** Improves each of them by its own stream: the best masks, and the states to go on from as checkpoints. */
export function improveAll(
  positionOf: PositionOf,
  { tasks, redrawnAfter }: Pick<Improving, 'tasks' | 'redrawnAfter'>,
  {
    spec,
    manifest,
  }: { readonly spec: Pick<Run['spec'], 'seed'>; readonly manifest: Pick<Run['manifest'], 'bits'> },
): Improvements {
  const genomes: Uint8Array[] = [];
  const states: Uint8Array[] = [];
  for (const { stream, settings, flips, from } of tasks) {
    const draw: Parameters<typeof improve>[3] = (purpose, index) => random(spec.seed, purpose, index, stream);
    const between = redrawnAfter ?? Number.POSITIVE_INFINITY;
    let state = from;
    let best = from instanceof Uint8Array ? from : from.genome;
    for (let left = flips; left > 0; ) {
      const done: number = state instanceof Uint8Array ? 0 : state.flips;
      const position = positionOf(Math.floor(done / between));
      const most = Math.min(left, between - (done % between));
      const before = state instanceof Uint8Array ? startImproving(position, state) : state;
      const after = improve(position, before, { ...settings, firstBit: position.firstQuick }, draw, most);
      best = bestOf(position, after, settings.lambda);
      // Costs by other samples cannot be compared.
      state = after.flips % between === 0 ? { ...after, genome: best, best: null } : after;
      left -= most;
    }
    if (state instanceof Uint8Array) throw new TypeError('an improvement takes a flip at least');
    genomes.push(best);
    states.push(encodeImproving(state, manifest.bits));
  }
  return { genomes, states };
}

/** Data and network that positions of a run are opened on. */
interface Ground {
  readonly network: AnyNetwork;
  readonly samples: Samples;
}

interface Kept<Value> {
  readonly key: string;
  readonly value: Value;
}

/** The position of the last run and draw, by what it is made of; and what others of that run are opened on. */
export class WarmPosition {
  #ground: Kept<Ground> | undefined;
  #position: Kept<Position> | undefined;

  /** `available`: bytes that it may take. */
  async of(run: Run, work: Improving, available: number): Promise<PositionOf> {
    const { checksums, scaling, trainSamples } = run.manifest;
    const { include, exclude } = 'model' in run.spec.network ? run.spec.network : {};
    const network = [checksums[keys.WEIGHTS], checksums[keys.GRAPH], include, exclude];
    const made = JSON.stringify([...network, checksums[keys.TRAIN], scaling, work.objective]);
    const isPart = work.samples < trainSamples;
    const part = (draw: number) => (isPart ? [run.spec.seed, work.samples, draw] : []);
    const keyOf = (draw: number) => JSON.stringify([made, ...part(draw)]);
    if (!isPart || work.redrawnAfter === null) {
      const position =
        this.#at(keyOf(0)) ?? this.#keep(keyOf(0), open(await this.#read(run), run, work, 0, available));
      return () => position;
    }
    if (this.#ground?.key !== made) this.#ground = { key: made, value: await this.#read(run) };
    const { value: ground } = this.#ground;
    return (draw) => {
      const there = this.#at(keyOf(draw));
      if (there) return there;
      this.#position = undefined;
      return this.#keep(keyOf(draw), open(ground, run, work, draw, available));
    };
  }

  release(): void {
    this.#ground = undefined;
    this.#position = undefined;
  }

  #at(key: string): Position | undefined {
    return this.#position?.key === key ? this.#position.value : undefined;
  }

  #keep(key: string, value: Position): Position {
    this.#position = { key, value };
    return value;
  }

  async #read(run: Run): Promise<Ground> {
    // The memory of the last one is free before the next is opened.
    this.release();
    const read = verified(run);
    const [network, train] = await Promise.all([readNetwork(run, read), read(keys.TRAIN)]);
    return { network, samples: decodeSamples(train, keys.TRAIN) };
  }
}

function open(
  { network, samples }: Ground,
  { spec, manifest }: Run,
  { samples: count, objective }: Improving,
  draw: number,
  available: number,
): Position {
  const isPart = count < samples.labels.length;
  const judging = isPart ? pick(samples, drawn(spec.seed, samples, count, draw)) : samples;
  const none = new Uint8Array(bytesPerGenome(manifest.bits));
  const position = openPosition(network, judging, manifest.scaling, none, { objective, available });
  if (!position) throw new UnusableOutput('the network of this run has no flips that can be evaluated alone');
  return position;
}

/** Samples may come sorted: a part of them is drawn, and a larger part holds it. */
function drawn(seed: number, { labels }: Samples, count: number, draw: number): Uint32Array {
  const all = Uint32Array.from(labels.keys());
  return shuffle(random(seed, 'flip-sample', 1, draw), all).subarray(0, count);
}
