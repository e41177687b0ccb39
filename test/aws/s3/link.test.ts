import { createHash, createHmac } from 'node:crypto';
import { startFauxqs } from 'fauxqs';
import { afterEach, expect, test, vi } from 'vitest';
import { linkTo } from '../../../lib/aws/s3/link.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

afterEach(() => {
  vi.unstubAllEnvs();
});

function credentials(token = ''): void {
  const { AWS_ENDPOINT_URL_S3: _, ...env } = process.env;
  process.env = env;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  vi.stubEnv('AWS_SESSION_TOKEN', token);
  vi.stubEnv('AWS_REGION', 'us-east-1');
}

/** The signature of a link by AWS's description of version 4, in the test's own words. */
function signatureOf(link: URL): string {
  const given = [...link.searchParams].filter(([name]) => name !== 'X-Amz-Signature');
  const query = given
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .toSorted()
    .join('&');
  const canonical = ['GET', link.pathname, query, `host:${link.host}`, '', 'host', 'UNSIGNED-PAYLOAD'];
  const date = link.searchParams.get('X-Amz-Date') ?? '';
  const scope = [
    date.slice(0, 8),
    link.searchParams.get('X-Amz-Credential')?.split('/')[2] ?? '',
    's3',
    'aws4_request',
  ];
  const hash = createHash('sha256').update(canonical.join('\n')).digest('hex');
  const key = scope.reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${SECRET}`,
  );
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), hash].join('\n');
  return createHmac('sha256', key).update(text).digest('hex');
}

test.each([
  ['', undefined],
  ['a+session/token==', 'eu-central-1'],
])('a link is signed for its object and its time', async (token, region) => {
  credentials(token);
  const link = new URL(await linkTo('s3://bucket/runs/a run/report.html', 3_600, region));
  expect(link.origin).toBe(`https://bucket.s3.${region ?? 'us-east-1'}.amazonaws.com`);
  expect(link.pathname).toBe('/runs/a%20run/report.html');
  expect(link.searchParams.get('X-Amz-Expires')).toBe('3600');
  expect(link.searchParams.get('X-Amz-Security-Token') ?? '').toBe(token);
  expect(link.searchParams.get('X-Amz-Signature')).toBe(signatureOf(link));
});

test('where S3 is elsewhere, so is the link', async () => {
  credentials();
  const s3 = await startFauxqs({ port: 0, logger: false });
  s3.createBucket('bucket');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${s3.port}`);
  await fetch(`http://127.0.0.1:${s3.port}/bucket/runs/a/report.html`, { method: 'PUT', body: 'a report' });
  const answer = await fetch(await linkTo('s3://bucket/runs/a/report.html', 60));
  expect(await answer.text()).toBe('a report');
  await s3.stop();
});
