/** Requests to the page's server, without a socket: as a browser sends them that has the token. */
import { vi } from 'vitest';
import { createPageApp, type Parts } from '../../lib/serve/app.ts';
import { Cloud } from '../../lib/serve/cloud.ts';
import { KnownRuns } from '../../lib/serve/known-runs.ts';
import { Updates } from '../../lib/serve/updates.ts';
import { temporaryFolder } from '../steps/small-run.ts';

export const DOOR = { token: 'a-token-of-the-tests', port: 4870 };
const ORIGIN = `http://127.0.0.1:${DOOR.port}`;
export const COOKIE = `tombola-${DOOR.port}=${DOOR.token}`;

export interface Asked {
  readonly here: string;
  readonly index: KnownRuns;
  readonly updates: Updates;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** As JSON. */
  read(path: string): Promise<unknown>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

/** The server over a new, empty folder, which is the current one until the test is over. */
export async function serveHere(parts: Partial<Parts> = {}): Promise<Asked> {
  const here = await temporaryFolder();
  vi.spyOn(process, 'cwd').mockReturnValue(here);
  const index = new KnownRuns(['.']);
  const updates = new Updates(index);
  const app = createPageApp({
    door: () => DOOR,
    index,
    updates,
    cloud: new Cloud({ stack: 'Tombola' }),
    ...parts,
  });
  const usual = { Host: `127.0.0.1:${DOOR.port}`, Cookie: COOKIE };
  const get: Asked['get'] = async (path, headers = {}) =>
    app.request(`${ORIGIN}${path}`, { headers: { ...usual, ...headers } });
  return {
    here,
    index,
    updates,
    get,
    read: async (path) => (await get(path)).json(),
    post: async (path, body, headers = {}) =>
      app.request(`${ORIGIN}${path}`, {
        method: 'POST',
        headers: { ...usual, Origin: ORIGIN, 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}
