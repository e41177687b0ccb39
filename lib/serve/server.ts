/** The server of the page, on this computer alone. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import type { CloudOptions } from '../aws/client/stack.ts';
import { UserError } from '../base/errors.ts';
import { errorCode } from '../base/file-errors.ts';
import { createPageApp } from './app.ts';
import { Cloud } from './cloud.ts';
import { addressOf, type Door } from './guard.ts';
import { KnownRuns } from './known-runs.ts';
import { Updates } from './updates.ts';

export interface Serving extends AsyncDisposable {
  /** The address of a page, with its token; `path` with a leading slash. */
  address(path?: string): string;
  /** Fires when no page is open any more, and none has been for so many milliseconds. */
  whenUnused(milliseconds: number, then: () => void): void;
}

/** `folders`: those that are listed; `port`: 0 for any that is free. Throws UserError. */
export async function serve(folders: readonly string[], port: number, cloud: CloudOptions): Promise<Serving> {
  const index = new KnownRuns(folders);
  // What cannot be read is told before anything is started.
  index.refresh();
  const updates = new Updates(index);
  let door: Door = { token: randomBytes(24).toString('base64url'), port };
  const app = createPageApp({ door: () => door, index, updates, cloud: new Cloud(cloud) });
  const server = createAdaptorServer({ fetch: app.fetch });
  const bound = await listen(server, port);
  door = { ...door, port: bound };
  return {
    address: (path) => addressOf(door, path),
    whenUnused(milliseconds, then) {
      const wait = () => setTimeout(() => updates.pages === 0 && then(), milliseconds);
      let timer = wait();
      updates.onEmpty = () => {
        clearTimeout(timer);
        timer = wait();
      };
    },
    async [Symbol.asyncDispose]() {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Gives the port. Throws UserError. */
async function listen(server: ReturnType<typeof createAdaptorServer>, port: number): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    const code = errorCode(cause);
    const reason =
      code === 'EADDRINUSE'
        ? 'is in use by another program; choose another one, or leave it out for any that is free'
        : code === 'EACCES'
          ? 'may not be used by this user; choose one above 1023'
          : `cannot be used (${code ?? cause})`;
    throw new UserError(`--port: ${port} ${reason}`, { cause });
  }
  const address = server.address();
  if (typeof address === 'object' && address) return address.port;
  throw new Error('the server has no port');
}
