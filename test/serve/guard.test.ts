import { describe, expect, test } from 'vitest';
import { addressOf } from '../../lib/serve/guard.ts';
import { COOKIE, DOOR, serveHere } from './requests.ts';

test('without the token nothing is answered, whatever is asked', async () => {
  const { get, post } = await serveHere();
  for (const path of ['/', '/page.js', '/api/runs', '/api/events', '/files/a/report.html', '/nothing']) {
    for (const Cookie of ['', 'tombola-4870=', 'tombola-4870=another', 'tombola-1=a-token-of-the-tests']) {
      const answer = await get(path, { Cookie });
      expect([path, answer.status]).toEqual([path, 403]);
      expect(await answer.text()).toContain("'tombola serve'");
    }
  }
  expect((await post('/api/start', { spec: {} }, { Cookie: '' })).status).toBe(403);
  // A link that somebody else made is no way to send anything.
  expect((await post(`/api/start?token=${DOOR.token}`, { spec: {} }, { Cookie: '' })).status).toBe(403);
});

test('the link gives the cookie, which no script reads and no other site sends', async () => {
  const { get } = await serveHere();
  const { pathname, search, origin } = new URL(addressOf(DOOR, '/run?name=runs/a'));
  expect([origin, pathname]).toEqual(['http://127.0.0.1:4870', '/run']);
  const answer = await get(pathname + search, { Cookie: '' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('Set-Cookie')).toBe(`${COOKIE}; Path=/; HttpOnly; SameSite=Strict`);
  expect((await get('/?token=another', { Cookie: '' })).status).toBe(403);
});

test('a name that somebody else points to this computer is refused', async () => {
  const { get } = await serveHere();
  for (const Host of ['rebound.example:4870', '127.0.0.1:4871', '127.0.0.1', '', 'localhost.example:4870']) {
    expect((await get('/api/runs', { Host })).status).toBe(403);
  }
  expect((await get('/api/runs', { Host: 'localhost:4870' })).status).toBe(200);
});

describe('what changes anything', () => {
  test.each([undefined, 'http://127.0.0.1:4871', 'https://example.org', 'null', 'http://localhost:4870'])(
    'is refused from %s',
    async (Origin) => {
      const { post } = await serveHere();
      const headers = { Origin: Origin ?? '' };
      expect((await post('/api/stop', { name: 'runs/a' }, headers)).status).toBe(403);
    },
  );

  test('is refused as anything but JSON, which a form of another site cannot send', async () => {
    const { post } = await serveHere();
    const answer = await post('/api/stop', 'name=a', { 'Content-Type': 'text/plain' });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: expect.stringContaining('json') },
    ]);
    expect((await post('/api/stop', '{"name":')).status).toBe(400);
    expect((await post('/api/stop', { names: [] })).status).toBe(400);
  });

  test('is refused where it is too long', async () => {
    const { post } = await serveHere();
    expect((await post('/api/check', { spec: { a: 'x'.repeat(2 ** 23) } })).status).toBe(413);
  });
});

test('every answer forbids scripts but the own one, other sites and guesses of types', async () => {
  const { get } = await serveHere();
  for (const path of ['/', '/page.css', '/api/runs', '/nothing']) {
    const { headers } = await get(path);
    const policy = headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(headers.get('Cache-Control')).toBe('no-store');
  }
});

test('other methods are refused with the one that is expected', async () => {
  const { get, post } = await serveHere();
  const answer = await get('/api/stop');
  expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'POST']);
  expect((await post('/api/runs', {})).status).toBe(405);
});

test('the page asks this server alone: its document, style and script name nothing else', async () => {
  const { get } = await serveHere();
  const [document, style, script] = await Promise.all(
    ['/', '/page.css', '/page.js'].map(async (path) => (await get(path)).text()),
  );
  expect(document).not.toMatch(/https?:|<script>| on\w+=|style=/);
  expect(style).not.toMatch(/url\(|@import/);
  // Names of XML are no addresses that anybody asks.
  expect(script?.replaceAll('http://www.w3.org/', '')).not.toMatch(
    /https?:\/\/(?!127\.0\.0\.1)[\w.-]+\.\w{2,}\//,
  );
  expect(script).not.toMatch(/\beval\(|new Function\(/);
});
