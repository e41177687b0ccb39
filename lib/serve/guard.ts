/**
 * Who may ask, and what a browser may do with the answers. The server is for the browser of the person who started it:
 * other sites that a browser shows, and other users of the computer, do not know the token.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/** The page runs its own script and no other, and asks nobody else. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A report has its style sheet in itself, and no script: none runs, whoever wrote it. */
export const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': PAGE_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export interface Door {
  /** Random; whoever has it may do what the user may. */
  readonly token: string;
  readonly port: number;
}

/** The address of a page; `path` with a leading slash. */
export function addressOf({ port, token }: Door, path = '/'): string {
  const url = new URL(path, `http://127.0.0.1:${port}`);
  url.searchParams.set('token', token);
  return url.href;
}

export function guard(door: () => Door): MiddlewareHandler {
  return async (c, next) => {
    const { token, port } = door();
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
    const refused = refusal(c, hosts, token);
    if (refused === undefined) await next();
    else c.res = c.text(`${refused}\n`, 403);
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  };
}

/** Why a request is not answered; undefined for one that is. */
function refusal(c: Context, hosts: readonly string[], token: string): string | undefined {
  const host = c.req.header('Host') ?? '';
  // A name that another site's owner points here would make that site's pages ours.
  if (!hosts.includes(host)) return `Host: expected ${hosts.join(' or ')}`;
  const cookie = `tombola-${host.split(':')[1]}`;
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
  const given = reads ? c.req.query('token') : undefined;
  if (given !== undefined && same(given, token)) {
    setCookie(c, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
  } else if (!same(getCookie(c, cookie) ?? '', token)) {
    return "Open the link that 'tombola serve' printed: this page is for whoever has its token";
  }
  if (reads) return undefined;
  const origin = c.req.header('Origin');
  if (origin !== `http://${host}`) return `Origin: expected http://${host}`;
  return undefined;
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
