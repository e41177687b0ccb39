/** The decision regions of a run's best masks, generation by generation, as far as they were seen while the page was open. */
import { drawPlane, type Frame, frameNow } from './figures.ts';
import type { LiveStanding } from './standing.ts';

/** Frames that are kept of one run, and runs that have any, at most. */
const MOST_FRAMES = 60;
const MOST_RUNS = 6;

export class Frames {
  /** The run that was looked at last comes last. */
  readonly #runs = new Map<string, Map<number, Frame>>();

  /** Adds the generation that the run has reached; nothing for other data than two features. */
  async record(name: string, live: LiveStanding): Promise<void> {
    const generation = live.state.complete ?? 0;
    const frame = await frameNow(live);
    if (!frame) return;
    const frames = this.#framesOf(name, live);
    frames.set(generation, frame);
    thin(frames);
    this.#runs.delete(name);
    this.#runs.set(name, frames);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_RUNS && oldest !== undefined) this.#runs.delete(oldest);
  }

  generationsOf(name: string): number[] {
    return [...(this.#runs.get(name)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** The figure, as markup; undefined for a generation that was not seen. */
  async draw(name: string, generation: number): Promise<string | undefined> {
    const frame = this.#runs.get(name)?.get(generation);
    return frame && (await drawPlane(frame));
  }

  /** None if another run took the place of the one that was seen. */
  #framesOf(name: string, { run }: LiveStanding): Map<number, Frame> {
    const frames = this.#runs.get(name);
    const [first] = frames?.values() ?? [];
    return frames && first?.live.run.checksum === run.checksum ? frames : new Map();
  }
}

/** Every second one goes where there are too many; the first and the last stay. */
function thin(frames: Map<number, unknown>): void {
  if (frames.size <= MOST_FRAMES) return;
  const generations = [...frames.keys()].sort((a, b) => a - b);
  for (const [index, generation] of generations.entries()) {
    if (index % 2 === 1 && index < generations.length - 1) frames.delete(generation);
  }
}
