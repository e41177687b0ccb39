/** The server's answers: the page, its data, and the files of runs. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import type * as z from 'zod/mini';
import { InvalidSpec, UserError } from '../base/errors.ts';
import { isFileError } from '../base/file-errors.ts';
import { printable } from '../base/printable.ts';
import { compareFolders } from '../cli/local/compare.ts';
import type { StoredRun } from '../cli/local/stored-run.ts';
import { comparisonSections, comparisonTitle } from '../comparison/page.ts';
import { nearest, parseSpec } from '../runspec/parser.ts';
import { DOCUMENT, ICON, pageScript, STYLES } from './assets.ts';
import type { Cloud } from './cloud.ts';
import { fileOf } from './files.ts';
import { formOf } from './form.ts';
import { Frames } from './frames.ts';
import { type Door, guard } from './guard.ts';
import { Conflict, Jobs } from './jobs.ts';
import type { KnownRuns } from './known-runs.ts';
import {
  type Changes,
  type ComparisonView,
  type FormData,
  nameRequestSchema,
  type RemoteRuns,
  type RunView,
  startRequestSchema,
} from './messages.ts';
import { viewOf } from './run-view.ts';
import type { Updates } from './updates.ts';

/** Bytes of a request: a spec with a mask for each weight fits. */
const LARGEST_BODY = 4 * 2 ** 20;
/** Milliseconds after which a silent stream says that it is there. */
const SIGN_OF_LIFE = 15_000;
/** The page's own addresses: the script shows what they name. */
const PAGES = ['/', '/run', '/compare', '/new', '/cloud'];

/** There is no such run. */
class Unknown extends UserError {
  override readonly name = 'Unknown';
}

export interface Parts {
  readonly door: () => Door;
  readonly index: KnownRuns;
  readonly updates: Updates;
  readonly cloud: Cloud;
  readonly jobs?: Jobs;
}

export function createPageApp({ door, index, updates, cloud, jobs = new Jobs(index.problems) }: Parts): Hono {
  const app = new Hono();
  const frames = new Frames();
  const named = (name: string | undefined): StoredRun => {
    const run = name === undefined ? undefined : index.find(name);
    if (run) return run;
    throw new Unknown(unknownName(name ?? '', index.names()));
  };

  app.use(guard(door));
  app.use(bodyLimit({ maxSize: LARGEST_BODY }));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    const status = statusOf(error);
    const said = status === 500 ? `${error.name}: ${error.message}` : error.message;
    const problems = error instanceof InvalidSpec ? error.problems : said.split('\n');
    return c.json({ error: said, problems }, status);
  });
  app.notFound((c) =>
    c.json({ error: `${printable(c.req.path.slice(0, 200))}: there is nothing here` }, 404),
  );

  for (const path of PAGES) app.get(path, (c) => c.html(DOCUMENT));
  app.get('/page.css', (c) => c.body(STYLES, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/icon.svg', (c) => c.body(ICON, 200, { 'Content-Type': 'image/svg+xml' }));
  app.get('/page.js', async (c) =>
    c.body(await pageScript(), 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  );

  app.get('/api/runs', (c) => {
    updates.refresh();
    return c.json(index.all() satisfies Changes);
  });

  app.get('/api/events', (c) =>
    streamSSE(c, async (stream) => {
      const queue: Changes[] = [];
      let wake = () => {};
      // Pages that are open already learn of what this look finds, too.
      updates.refresh();
      queue.push(index.all());
      const end = updates.subscribe((changes) => {
        queue.push(changes);
        wake();
      }, c.req.query('name'));
      stream.onAbort(() => {
        end();
        wake();
      });
      while (!stream.aborted) {
        for (const changes of queue.splice(0)) await stream.writeSSE({ data: JSON.stringify(changes) });
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, SIGN_OF_LIFE).unref();
          if (stream.aborted || queue.length > 0) resolve();
        });
        if (queue.length === 0 && !stream.aborted) await stream.write(': here\n\n');
      }
      end();
    }),
  );

  app.get('/api/run', async (c) => {
    const run = named(c.req.query('name'));
    const cells = run.kind === 'sweep' ? index.cellsOf(run).map((cell) => index.describe(cell)) : [];
    return c.json((await viewOf(run, index.describe(run), cells, frames)) satisfies RunView);
  });

  app.get('/api/plane', async (c) => {
    const run = named(c.req.query('name'));
    const generation = Number(c.req.query('generation'));
    const markup = await frames.draw(run.name, generation);
    if (markup === undefined) throw new Unknown(`generation: found ${generation}, which was not seen`);
    return c.json({ markup });
  });

  app.get('/api/compare', async (c) => {
    const comparison = await compareFolders((c.req.queries('name') ?? []).map(named));
    const { markup } = await comparisonSections(comparison);
    return c.json({ title: comparisonTitle(comparison), markup } satisfies ComparisonView);
  });

  app.get('/api/form', (c) => {
    const like = c.req.query('from');
    return c.json(formOf(like === undefined ? undefined : named(like)) satisfies FormData);
  });
  app.post('/api/check', async (c) => {
    const { spec } = await bodyOf(c.req, startRequestSchema);
    try {
      parseSpec(spec);
      return c.json({ problems: [] });
    } catch (error) {
      if (error instanceof InvalidSpec) return c.json({ problems: [...error.problems] });
      throw error;
    }
  });
  app.post('/api/start', async (c) => {
    return c.json({ name: await jobs.start(await bodyOf(c.req, startRequestSchema)) });
  });
  app.post('/api/stop', async (c) => {
    const { name } = await bodyOf(c.req, nameRequestSchema);
    jobs.stop(named(name));
    return c.json({ name });
  });
  app.post('/api/resume', async (c) => {
    const { name } = await bodyOf(c.req, nameRequestSchema);
    await jobs.resume(named(name));
    return c.json({ name });
  });

  app.get('/api/cloud', async (c) => c.json((await cloud.list()) satisfies RemoteRuns));
  app.get('/api/cloud/report', async (c) => c.json({ link: await cloud.report(c.req.query('name') ?? '') }));
  app.post('/api/cloud/stop', async (c) => {
    const { name } = await bodyOf(c.req, nameRequestSchema);
    await cloud.stop(name);
    return c.json({ name });
  });
  app.post('/api/cloud/resume', async (c) => {
    const { name } = await bodyOf(c.req, nameRequestSchema);
    await cloud.resume(name);
    return c.json({ name });
  });

  app.get('/files/:name/:key{.+}', async (c) => {
    const run = named(c.req.param('name'));
    const key = c.req.param('key');
    const file = await fileOf(run, key);
    if (!file) throw new Unknown(`${run.name}: has no file ${printable(key.slice(0, 200))}`);
    return c.body(file.body, 200, file.headers);
  });

  // Addresses that take another method only.
  const methods = new Map<string, string>();
  for (const { path, method } of app.routes) if (method !== 'ALL') methods.set(path, method);
  for (const [path, method] of methods) {
    app.all(path, (c) => c.json({ error: `${c.req.method}: expected ${method}` }, 405, { Allow: method }));
  }
  return app;
}

function statusOf(error: Error): 400 | 404 | 409 | 422 | 500 {
  if (error instanceof Unknown) return 404;
  if (error instanceof Conflict) return 409;
  if (error instanceof InvalidSpec) return 422;
  if (error instanceof UserError || isFileError(error)) return 400;
  return 500;
}

function unknownName(name: string, known: readonly string[]): string {
  const near = nearest(name.slice(0, 200), known);
  const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
  return `${printable(name.slice(0, 200))}: there is no run or sweep of this name${hint}`;
}

/** The JSON of a request. Throws UserError. */
async function bodyOf<Schema extends z.ZodMiniType>(
  request: { header(name: string): string | undefined; json(): Promise<unknown> },
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!request.header('Content-Type')?.startsWith('application/json')) {
    throw new UserError('Content-Type: expected application/json');
  }
  let body: unknown;
  try {
    body = await request.json();
  } catch (cause) {
    throw new UserError('the request is no JSON', { cause });
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`${issue?.path.join('.') || 'the request'}: ${issue?.message ?? 'is not as expected'}`);
}
