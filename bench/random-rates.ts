/** Random numbers for arrays, as a step of training draws them, beside single calls of the same streams. */
import { random } from '../lib/base/random.ts';
import { median } from './threads.ts';

/** Weights of [784,300,100,10]. */
const NUMBERS = 266_200;

export interface RandomRates {
  readonly distribution: 'uniform' | 'normal';
  /** Nanoseconds a number. */
  readonly single: number;
  readonly array: number;
  readonly ratio: number;
}

export function measureRandom(rounds: number): RandomRates[] {
  return (['uniform', 'normal'] as const).map((distribution) => {
    const many = distribution === 'uniform' ? 'uniforms' : 'normals';
    const nanoseconds = { single: [] as number[], array: [] as number[] };
    const into = new Float32Array(NUMBERS);
    for (let round = 0; round < rounds + 1; round++) {
      const single = timed(() => {
        const stream = random(1, 'gates', 0, round);
        for (let index = 0; index < NUMBERS; index++) into[index] = stream[distribution]();
      });
      const array = timed(() => random(1, 'gates', 0, round)[many](into));
      // The first round compiles.
      if (round === 0) continue;
      nanoseconds.single.push(single);
      nanoseconds.array.push(array);
    }
    const [single, array] = [median(nanoseconds.single), median(nanoseconds.array)];
    return { distribution, single, array, ratio: single / array };
  });
}

/** Nanoseconds of each number. */
function timed(work: () => unknown): number {
  const began = performance.now();
  work();
  return ((performance.now() - began) * 1e6) / NUMBERS;
}
