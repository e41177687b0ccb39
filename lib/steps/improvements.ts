/** The work of Evaluate where an algorithm asks for improvements: individuals are improved flip by flip, on a warm position. */
import { UnusableOutput } from '../base/errors.ts';
import { random } from '../base/random.ts';
import { shuffle } from '../base/shuffle.ts';
import { pick, type Samples } from '../data/dataset.ts';
import { openPosition } from '../evaluation/flips/positions.ts';
import { readNetwork, verified } from '../runs/networks.ts';
import type { Run } from '../runs/run.ts';
import { decodeSamples } from '../runs/samples.ts';
import { bytesPerGenome } from '../search/genome.ts';
import { bestOf, improve, startImproving } from '../search/improving.ts';
import { encodeImproving } from '../search/improving-checkpoint.ts';
import type { Position } from '../search/position.ts';
import * as keys from '../store/keys.ts';
import type { Improvements, Improving } from './pieces.ts';

/** Improves each of them by its own stream: the best masks, and the states to go on from as checkpoints. */
export function improveAll(
  position: Position,
  { tasks }: Pick<Improving, 'tasks'>,
  {
    spec,
    manifest,
  }: { readonly spec: Pick<Run['spec'], 'seed'>; readonly manifest: Pick<Run['manifest'], 'bits'> },
): Improvements {
  const genomes: Uint8Array[] = [];
  const states: Uint8Array[] = [];
  for (const { stream, settings, flips, from } of tasks) {
    const start = from instanceof Uint8Array ? startImproving(position, from) : from;
    const draw: Parameters<typeof improve>[3] = (purpose, index) => random(spec.seed, purpose, index, stream);
    const firstBit = position.firstQuick;
    const state = improve(position, start, { ...settings, firstBit }, draw, flips);
    genomes.push(bestOf(position, state, settings.lambda));
    states.push(encodeImproving(state, manifest.bits));
  }
  return { genomes, states };
}

/** The position of the last run, by what it is made of. */
export class WarmPosition {
  #key: string | undefined;
  #position: Position | undefined;

  /** `available`: bytes that it may take. */
  async of(run: Run, work: Improving, available: number): Promise<Position> {
    const { checksums, scaling, bits, trainSamples } = run.manifest;
    const { include, exclude } = 'model' in run.spec.network ? run.spec.network : {};
    const network = [checksums[keys.WEIGHTS], checksums[keys.GRAPH], include, exclude];
    const part = work.samples < trainSamples ? [run.spec.seed, work.samples] : [];
    const key = JSON.stringify([...network, checksums[keys.TRAIN], scaling, work.objective, ...part]);
    if (this.#position && this.#key === key) return this.#position;
    // The memory of the last one is free before the next is opened.
    this.release();
    const read = verified(run);
    const [made, train] = await Promise.all([readNetwork(run, read), read(keys.TRAIN)]);
    const samples = decodeSamples(train, keys.TRAIN);
    const judging = part.length > 0 ? pick(samples, drawn(run.spec.seed, samples, work.samples)) : samples;
    const position = openPosition(made, judging, scaling, new Uint8Array(bytesPerGenome(bits)), {
      objective: work.objective,
      available,
    });
    if (!position)
      throw new UnusableOutput('the network of this run has no flips that can be evaluated alone');
    this.#key = key;
    this.#position = position;
    return position;
  }

  release(): void {
    this.#position = undefined;
    this.#key = undefined;
  }
}

/** Samples may come sorted: a part of them is drawn, and a larger part holds it. */
function drawn(seed: number, { labels }: Samples, count: number): Uint32Array {
  const all = Uint32Array.from(labels.keys());
  return shuffle(random(seed, 'flip-sample', 1), all).subarray(0, count);
}
