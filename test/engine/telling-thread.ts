/** A thread that tells which one it is, and what it sees. */
import { threadId, workerData } from 'node:worker_threads';

export default () => ({ threadId, data: workerData, seen: process.env.OF_THIS_TEST });
