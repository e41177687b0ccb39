/** Whole runs from the command line, timed from outside: start to report, with the peak of memory. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { summarySchema } from '../lib/report/summary.ts';

export interface WholeRun {
  /** Wall-clock seconds of the process. */
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly generations: number;
  readonly evaluations: number;
  /** Between the first and the last selection. */
  readonly evaluationsPerSecond: number;
}

/** Writes the peak of memory, in kB, to the fourth stream as the process ends. */
const REPORT_MEMORY =
  "data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,String(process.resourceUsage().maxRSS)))";

const PROGRAM = fileURLToPath(new URL('../bin/tombola.ts', import.meta.url));

/** Runs `tombola run` with a spec on standard input. */
export async function timeWholeRun(spec: unknown): Promise<WholeRun> {
  const folder = await mkdtemp(join(tmpdir(), 'tombola-bench-'));
  try {
    const began = performance.now();
    const args = [
      '--import',
      REPORT_MEMORY,
      PROGRAM,
      'run',
      '-',
      '--json',
      '--quiet',
      '--out',
      join(folder, 'run'),
    ];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
    child.stdin?.end(JSON.stringify(spec));
    const [, output, , memory] = child.stdio;
    if (!output || !memory || !('read' in output) || !('read' in memory))
      throw new Error('the run has no output');
    const [document, peak] = await Promise.all([text(output), text(memory)]);
    const seconds = (performance.now() - began) / 1000;
    const summary = summarySchema.parse(JSON.parse(document));
    return {
      seconds,
      peakMegabytes: Number(peak) / 1024,
      generations: summary.generations,
      evaluations: summary.evaluations,
      evaluationsPerSecond: summary.evaluationsPerSecond,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Two individuals of two weights on two points: all that is left of a generation is what the engine adds. */
export const TRIVIAL_SPEC = {
  task: { dataset: 'moons', train: 2, test: 2 },
  network: { layers: [2, 1, 2] },
  search: { population: 2 },
  stop: { minGenerations: 1000, maxGenerations: 1000, stagnation: null, targetAccuracy: null },
};
