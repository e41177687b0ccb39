import { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createCounter, createProgress, progressLine } from '../../lib/cli/progress.ts';
import { type SearchState, searchStateSchema } from '../../lib/workflow/payloads.ts';

function stateAt(generation: number, progress: object = {}, done = false): SearchState {
  return searchStateSchema.parse({
    run: 'file:///runs/a/',
    manifest: '',
    generation,
    round: 0,
    chunks: [0],
    chunkSize: 53,
    fanOut: 'inline',
    maxConcurrency: 1,
    events: 8,
    training: false,
    renew: false,
    successor: '',
    done,
    stopReason: null,
    progress: {
      evaluations: 53 * generation,
      maxGenerations: 300,
      bestAccuracy: 0.9,
      meanAccuracy: 0.85,
      bestLoss: null,
      meanLoss: null,
      objective: 'accuracy',
      bestMacroAverage: null,
      meanMacroAverage: null,
      bestSparsity: 0.625,
      start: null,
      ...progress,
    },
  });
}

describe('the line', () => {
  test('tells generation, fitness, sparsity, speed and time left', () => {
    expect(progressLine(stateAt(101), 1_234.5, 0.5)).toBe(
      'generation 100/300  best 90.00 %  mean 85.00 %  sparsity 62.5 %  1,235 evaluations/s  at most 1 min 40 s left',
    );
  });

  test('tells the loss where there is one', () => {
    const line = progressLine(stateAt(101, { bestLoss: 0.25, meanLoss: 0.5 }), 10, 1);
    expect(line).toContain('loss 0.2500 (mean 0.5000)');
  });

  test('tells how the first masks are looked for', () => {
    const start = { found: 37, wanted: 100, bound: 0.68 };
    expect(progressLine(stateAt(0, { start, evaluations: 2_000 }), 10, 1)).toBe(
      'start  37 of 100 masks, accuracy bound 68.00 %  2,000 tried  10 evaluations/s',
    );
  });

  test('tells the mean over the classes where it is the objective', () => {
    const progress = { objective: 'macro-f1', bestMacroAverage: 0.75, meanMacroAverage: 0.5 };
    expect(progressLine(stateAt(101, progress), 10, 1)).toContain(
      'mean 85.00 %  macro-F1 75.00 % (mean 50.00 %)  sparsity',
    );
  });

  test('of a search that flips bits counts flips', () => {
    const flips = { done: 40_000, all: 700_000 };
    expect(progressLine(stateAt(3, { flips }), 65_432, 0.5)).toContain(
      'sparsity 62.5 %  40,000 of 700,000 flips  65,432 flips/s  at most',
    );
  });

  test('tells when the search is over', () => {
    expect(progressLine(stateAt(120, {}, true), 10, 1)).toBe(
      'generation 120/300  best 90.00 %  mean 85.00 %  sparsity 62.5 %  10 evaluations/s  done',
    );
  });
});

function pipe() {
  let written = '';
  const stream = new Writable({
    write(chunk, _, done) {
      written += String(chunk);
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY: false }) as NodeJS.WriteStream,
    lines: () => written.split('\n').filter((line) => line !== ''),
  };
}

test('a counter counts the time from when it is made, and is silent while nothing is done', () => {
  let time = 60_000;
  const { stream, lines } = pipe();
  const { update } = createCounter(stream, 'climbs', () => time);
  time += 1_000;
  update(1, 10);
  expect(lines()).toEqual([]);
  time += 1_000;
  update(2, 10);
  expect(lines()).toEqual(['2 of about 10 climbs  about 8.0 s left']);
  const idle = pipe();
  const { update: wait } = createCounter(idle.stream, 'climbs', () => time);
  time += 5_000;
  wait(0, 10);
  expect(idle.lines()).toEqual([]);
});

describe('progress that is piped', () => {
  function piped() {
    let time = 0;
    const { stream, lines } = pipe();
    const progress = createProgress(stream, () => time);
    return {
      lines,
      end: () => progress.end(),
      prune: progress.prune,
      later: (milliseconds: number) => {
        for (let passed = 0; passed < milliseconds; passed += 100) {
          time += 100;
          vi.advanceTimersByTime(100);
        }
      },
      update: (state: SearchState, at: number) => {
        time = at;
        progress.update(state);
      },
    };
  }

  test('is a plain line every two seconds, and the last one', () => {
    const { update, end, lines } = piped();
    update(stateAt(0, { bestAccuracy: null, meanAccuracy: null, bestSparsity: null }), 0);
    for (let generation = 1; generation <= 100; generation++) update(stateAt(generation), generation * 100);
    expect(lines().length).toBe(5);
    update(stateAt(100, {}, true), 10_050);
    end();
    expect(lines().length).toBe(6);
    expect(lines().at(-1)).toContain('done');
    expect(lines().join('')).not.toContain('\u001b');
  });

  test('goes on while the ticket is made', () => {
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { update, end, lines, later, prune } = piped();
    update(stateAt(300, {}, true), 1_000);
    expect(lines().length).toBe(1);
    later(12_000);
    expect(lines().slice(1)).toEqual([
      'pruning and writing the ticket, for 5.0 s',
      'pruning and writing the ticket, for 10 s',
    ]);
    prune({ done: 1_200, about: 5_550 });
    later(5_000);
    expect(lines().at(-1)).toBe('pruning and writing the ticket, for 15 s  1,200 of about 5,550 evaluations');
    end();
    later(60_000);
    expect(lines().length).toBe(4);
  });

  test('is nothing where no generation is complete', () => {
    const { update, end, lines } = piped();
    end();
    expect(lines()).toEqual([]);
    update(stateAt(1), 5);
    expect(lines().length).toBe(1);
  });
});
