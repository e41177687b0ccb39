/** A thread of a benchmark: makes its work, then repeats it for as long as it is told. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { PATHS } from '../lib/evaluation/evaluator-choice.ts';
import { startWork } from './work.ts';

const workSchema = z.union([
  z.object({ network: z.int(), individuals: z.int(), path: z.enum(PATHS).optional() }),
  z.object({ convnet: z.int(), batch: z.int().optional() }),
  z.object({ flips: z.int(), whole: z.boolean() }),
]);

const port = parentPort;
if (!port) throw new Error('worker.ts runs in a worker thread');
const repeat = await startWork(workSchema.parse(workerData));
await repeat();
port.on('message', async (milliseconds: unknown) => {
  const end = performance.now() + z.number().parse(milliseconds);
  const began = performance.now();
  let done = 0;
  do done += await repeat();
  while (performance.now() < end);
  port.postMessage({ done, seconds: (performance.now() - began) / 1000 });
});
port.postMessage('ready');
