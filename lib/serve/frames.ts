/** The decision regions of a run's best masks, generation by generation, as far as they were seen while the page was open. */
import type { planeOf } from '../runs/final/plane.ts';
import { drawPlane, planeNow } from './figures.ts';
import type { LiveStanding } from './standing.ts';

type Plane = NonNullable<Awaited<ReturnType<typeof planeOf>>>;

/** Of one run, at most; and runs whose frames are kept. */
const MOST_FRAMES = 60;
const MOST_RUNS = 6;

interface Recorded {
  live: LiveStanding;
  readonly planes: Map<number, Plane>;
}

export class Frames {
  /** Those that were looked at last come last. */
  readonly #runs = new Map<string, Recorded>();

  /** Adds the generation that the run has reached; nothing for other data than two features. */
  async record(name: string, live: LiveStanding): Promise<void> {
    const generation = live.state.complete ?? 0;
    const recorded = this.#runs.get(name);
    const planes = recorded && continues(recorded.live, live) ? recorded.planes : new Map<number, Plane>();
    const plane = await planeNow(live);
    if (!plane) return;
    planes.set(generation, plane);
    thin(planes);
    this.#runs.delete(name);
    this.#runs.set(name, { live, planes });
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_RUNS && oldest !== undefined) this.#runs.delete(oldest);
  }

  generationsOf(name: string): number[] {
    return [...(this.#runs.get(name)?.planes.keys() ?? [])].sort((a, b) => a - b);
  }

  /** The figure, as markup; undefined for a generation that was not seen. */
  async draw(name: string, generation: number): Promise<string | undefined> {
    const recorded = this.#runs.get(name);
    const plane = recorded?.planes.get(generation);
    return recorded && plane && (await drawPlane(plane, recorded.live));
  }
}

/** Whether it is the same run as before, and not another in its place. */
function continues(before: LiveStanding, now: LiveStanding): boolean {
  return before.run.checksum === now.run.checksum;
}

/** Every second one goes where there are too many; the first and the last stay. */
function thin(planes: Map<number, unknown>): void {
  if (planes.size <= MOST_FRAMES) return;
  const generations = [...planes.keys()].sort((a, b) => a - b);
  for (const [index, generation] of generations.entries()) {
    if (index % 2 === 1 && index < generations.length - 1) planes.delete(generation);
  }
}
