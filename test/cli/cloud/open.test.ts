import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BUCKET, executionOf } from './aws.ts';
import { cloud, executions, NAME, tombola, URI } from './cloud.ts';

const here = cloud();

describe('open', () => {
  test.each([
    ['its name', NAME],
    ['its URI', URI],
    ['the ARN of an execution that goes on with it', executionOf('another')],
  ])('a run in the cloud by %s: a link to its report, which anyone can follow', async (_, named) => {
    await here.upload(NAME);
    here.aws.answers = {
      DescribeExecution: executions({
        [executionOf('another')]: [{ status: 'SUCCEEDED', input: JSON.stringify({ run: URI }) }],
      }),
    };
    expect(await tombola('open', named, '--json')).toBe(0);
    const { report, link } = JSON.parse(here.printed);
    expect(report).toBe(`${URI}report.html`);
    expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe('3600');
    const answer = await fetch(link);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(
      Buffer.from(here.artifacts.get('report.html') ?? ''),
    );
  });

  test('the link is printed alone, for as long as is asked', async () => {
    await here.upload(NAME);
    expect(await tombola('open', NAME, '--no-browser', '--hours', '48')).toBe(0);
    expect(here.printed).toMatch(/^http:\S+\n$/);
    expect(new URL(here.printed).searchParams.get('X-Amz-Expires')).toBe(String(48 * 3_600));
    expect(here.complained).toBe('');
  });

  test('a sweep: its page', async () => {
    await here.aws.put('sweeps/many/sweep.json', '{}');
    await here.aws.put('sweeps/many/sweep.html', 'tables');
    expect(await tombola('open', `s3://${BUCKET}/sweeps/many/`, '--json')).toBe(0);
    expect(JSON.parse(here.printed).report).toBe(`s3://${BUCKET}/sweeps/many/sweep.html`);
  });

  test('a folder on this computer: the file, without AWS', async () => {
    const folder = await mkdtemp(join(here.folder, 'run-'));
    await writeFile(join(folder, 'report.html'), '');
    expect(await tombola('open', folder, '--no-browser')).toBe(0);
    expect(here.printed).toBe(`${pathToFileURL(join(folder, 'report.html')).href}\n`);
    expect(here.aws.asked).toEqual([]);
  });

  test('what has no report yet is told, and what to do', async () => {
    await here.upload('unfinished', /report\.html/);
    expect(await tombola('open', 'unfinished')).toBe(2);
    expect(here.complained).toBe(
      `error: unfinished: has no report at s3://${BUCKET}/runs/unfinished/report.html; it is written when the run ends (npx tombola watch unfinished), and 'tombola list --cloud' lists what there is\n`,
    );
    const folder = join(here.folder, 'here');
    await mkdir(folder);
    here.complained = '';
    expect(await tombola('open', folder)).toBe(2);
    expect(here.complained).toMatch(/^error: .*here: is not the folder of a run or a sweep; .*\n$/);
    for (const file of ['spec.json', 'run.json']) await writeFile(join(folder, file), '');
    here.complained = '';
    expect(await tombola('open', folder)).toBe(2);
    expect(here.complained).toMatch(
      /^error: .*here: has no report\.html; write it with: npx tombola report .*\n$/,
    );
  });
});
