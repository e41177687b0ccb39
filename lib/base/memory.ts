/** The memory that this process may take. */
import { totalmem } from 'node:os';

/** The last one counts; the command line comes after the environment. */
const HEAP_OPTION = /--max[-_]old[-_]space[-_]size=(\d+)/g;

/** In bytes: the machine's, unless a container, a Lambda function or Node.js's own option allows less. */
export function availableMemory(): number {
  const { AWS_LAMBDA_FUNCTION_MEMORY_SIZE, NODE_OPTIONS = '' } = process.env;
  const options = [NODE_OPTIONS, ...process.execArgv].join(' ');
  const heap = [...options.matchAll(HEAP_OPTION)].at(-1)?.[1];
  const megabytes = [AWS_LAMBDA_FUNCTION_MEMORY_SIZE, heap].map((text) => Number(text) * 2 ** 20);
  const limits = [totalmem(), process.constrainedMemory(), ...megabytes];
  // 0 and texts that are no number say that there is no limit.
  return Math.min(...limits.filter((bytes) => bytes > 0));
}
