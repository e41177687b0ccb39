/** Asks the server. Its answers are read with the schemas that it writes them by. */
import type * as z from 'zod/mini';
import { problemsSchema } from '../messages.ts';

/** The server's refusal, a line for each reason. */
class Refused extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

type Query = Readonly<Record<string, string | readonly string[]>>;

/** An address of the server, or of the page. */
export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : value) search.append(key, one);
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A file of a run. */
export function fileAddress(name: string, key: string): string {
  return `/files/${encodeURIComponent(name)}/${key}`;
}

/** Throws Refused. */
export async function ask<Schema extends z.ZodMiniType>(
  schema: Schema,
  path: string,
  query?: Query,
): Promise<z.output<Schema>> {
  return read(schema, await reach(address(path, query)));
}

/** Throws Refused. */
export async function send<Schema extends z.ZodMiniType>(
  schema: Schema,
  path: string,
  body: unknown,
): Promise<z.output<Schema>> {
  const headers = { 'Content-Type': 'application/json' };
  return read(schema, await reach(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function reach(path: string, request?: RequestInit): Promise<Response> {
  try {
    return await fetch(path, request);
  } catch {
    throw new Refused(["The server does not answer. Start it again with 'tombola serve'."]);
  }
}

async function read<Schema extends z.ZodMiniType>(
  schema: Schema,
  response: Response,
): Promise<z.output<Schema>> {
  const text = await response.text();
  if (response.status === 403) throw new Refused([text.trim()]);
  const body: unknown = JSON.parse(text);
  if (response.ok) return schema.parse(body);
  const refused = problemsSchema.safeParse(body);
  throw new Refused(refused.success ? refused.data.problems : [`The server answered ${response.status}.`]);
}

/** The reasons of an error, a line each. */
export function refusalsOf(error: unknown): readonly string[] {
  return error instanceof Refused ? error.problems : [String(error)];
}
