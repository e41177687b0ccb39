/** The page's view of the runs on AWS, in a browser, over answers of AWS's services on this computer. */
import { describe, expect, test } from 'vitest';
import { executionOf, type FakeAws, fakeAws, MACHINE } from '../cli/cloud/aws.ts';
import { barriersOf, CHROMIUM, overflowOf, site } from './browser.ts';

const HOSTILE = '<img src=x onerror=document.title=1>';

describe.skipIf(CHROMIUM === undefined)('runs on AWS, in Chromium', () => {
  let aws: FakeAws;
  const statuses = new Map([
    ['busy', 'RUNNING'],
    ['broken', 'FAILED'],
    ['ready', 'SUCCEEDED'],
    [HOSTILE, 'SUCCEEDED'],
  ]);
  const item = (name: string) => ({
    name,
    status: statuses.get(name),
    executionArn: executionOf(name),
    stateMachineArn: MACHINE,
    startDate: 1_795_000_000,
  });
  const here = site(async () => {
    aws = await fakeAws();
    aws.answers = {
      ListExecutions: () => ({ executions: [...statuses.keys()].map(item) }),
      DescribeExecution: ({ executionArn }) => ({
        ...item(String(executionArn).split(':').at(-1) ?? ''),
        input: '{}',
      }),
      StopExecution: () => {
        statuses.set('busy', 'ABORTED');
        return { stopDate: 1_795_000_100 };
      },
    };
    await aws.put('runs/ready/report.html', '<title>The report</title>');
    return () => aws.stop();
  });

  test('are listed, stopped and opened; names are text; with the keyboard alone', async () => {
    const page = await here.open('/cloud');
    const row = (name: string) => page.getByRole('row').filter({ hasText: name });
    await row('busy').waitFor();
    expect(await page.getByRole('row').count()).toBe(5);
    expect(await row('onerror').textContent()).toContain(HOSTILE);
    expect(await row('broken').getByRole('button').allTextContents()).toEqual(['Resume']);
    await row('busy').getByRole('button', { name: 'Stop busy' }).press('Enter');
    await row('busy').getByRole('button', { name: 'Resume busy' }).waitFor();
    expect(await row('busy').textContent()).toContain('aborted');
    const opened = page.context().waitForEvent('page');
    await row('ready').getByRole('button', { name: 'Report of ready' }).press('Enter');
    expect(new URL((await opened).url()).pathname).toContain('ready/report.html');
  });

  test('that cannot be asked say why, and the next try shows them', async () => {
    const page = await here.open('/cloud');
    await page.getByRole('row').first().waitFor();
    const stacks = aws.stacks;
    aws.stacks = {};
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('Tombola');
    aws.stacks = stacks;
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  test('have no barrier and are not too wide', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 390]) {
        const page = await here.open('/cloud', { colorScheme, viewport: { width, height: 844 } });
        await page.getByRole('row').first().waitFor();
        expect([colorScheme, width, await barriersOf(page)]).toEqual([colorScheme, width, []]);
        expect([width, await overflowOf(page)]).toEqual([width, 0]);
        await page.context().close();
      }
    }
  });
});
