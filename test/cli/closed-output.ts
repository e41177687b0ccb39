/**
 * A process that calls commands one after the other, each with a standard output whose reader has gone; for output.test.ts. It
 * sends its parent the exit code of each.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { guardOutput } from '../../lib/cli/output.ts';
import { main } from '../../lib/cli/program.ts';

const server = createServer({ allowHalfOpen: true }, (socket) => socket.destroy()).listen('closed.sock');
await once(server, 'listening');

/** A stream that nobody reads any more. */
async function unread(): Promise<Socket> {
  const socket = connect({ path: 'closed.sock', allowHalfOpen: true });
  await once(socket, 'connect');
  await once(socket.resume(), 'end');
  return socket;
}

process.stderr.setMaxListeners(0);
const commands: Readonly<Record<string, readonly string[]>> = JSON.parse(process.argv[2] ?? '');
for (const [name, args] of Object.entries(commands)) {
  const socket = await unread();
  const failures: string[] = [];
  Object.defineProperty(process, 'stdout', { value: socket, configurable: true });
  guardOutput();
  socket.on('error', (error: NodeJS.ErrnoException) => failures.push(error.code ?? error.message));
  const code = await main(['node', 'tombola', ...args]);
  // What was written last fails a little later.
  await pause(20);
  process.send?.({ name, code, exitCode: process.exitCode ?? 0, failures });
}
server.close();
process.disconnect();
