/** notice: what people are told when an execution has ended, in words, from what EventBridge tells of it. */
import { z } from 'zod';
import { money, percent, whole } from '../base/format.ts';
import { stopReasonText } from '../report/tables/summary-table.ts';
import { resultSchema, type SearchResult } from '../workflow/payloads.ts';
import { type SweepResult, sweepResultSchema } from '../workflow/sweep-payloads.ts';

/** A 'Step Functions Execution Status Change'. Of an output that is too large for an event nothing is told. */
export const endedSchema = z.object({
  region: z.string(),
  detail: z.object({
    executionArn: z.string(),
    name: z.string(),
    status: z.string(),
    output: z.string().nullish(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});
export type Ended = z.output<typeof endedSchema>;

export interface Notice {
  /** ASCII, less than 100 characters, as SNS wants it. */
  readonly subject: string;
  readonly text: string;
}

/** Characters of a name in a subject: names of executions may have 80, of any script. */
const LONGEST_NAME = 70;

/** How an execution ended that did not succeed. */
const ENDINGS: Readonly<Record<string, string>> = { ABORTED: 'was stopped', TIMED_OUT: 'ran out of time' };

/** Characters of a cause that are told: a problem of a spec names each field. */
const LONGEST_CAUSE = 4_000;

/** `stack`: its name, which the commands in the text give, since whoever reads it may have others. */
export function noticeOf({ region, detail }: Ended, stack: string): Notice {
  const { executionArn: arn, name, status } = detail;
  const command = (does: string) => `npx tombola ${does} ${arn} --stack ${stack} --region ${region}`;
  const ending = status === 'SUCCEEDED' ? 'has ended' : (ENDINGS[status] ?? 'failed');
  const told =
    status === 'SUCCEEDED'
      ? resultText(command('open'), detail.output)
      : failureText(command('watch'), detail);
  const page = `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${arn}`;
  const short = name.slice(0, LONGEST_NAME).replace(/[^ -~]/g, '?');
  const subject = `Tombola: ${short} ${ending}`;
  return {
    subject,
    text: [`Tombola: ${name} ${ending}.`, '', ...told, `Its execution: ${page}`, ''].join('\n'),
  };
}

function failureText(watch: string, { error, cause }: Ended['detail']): string[] {
  const why = [error, cause?.slice(0, LONGEST_CAUSE)].filter((part) => part).join(': ');
  return [...(why === '' ? [] : [why, '']), `More about it: ${watch}`];
}

function resultText(open: string, output: string | null | undefined): string[] {
  const result = parsed(output);
  const figures = result === undefined ? [] : 'sweep' in result ? figuresOfSweep(result) : figuresOf(result);
  const width = Math.max(0, ...figures.map(([name]) => name.length));
  return [
    ...figures.map(([name, figure]) => `${name.padEnd(width)}  ${figure}`),
    ...(figures.length > 0 ? [''] : []),
    ...(result?.link === undefined ? [] : [`Its report, for some hours: ${result.link}`]),
    `Its report, at any time: ${open}`,
  ];
}

function figuresOf(result: SearchResult): [string, string][] {
  return [
    ['ended by', stopReasonText(result.stopReason)],
    ['test accuracy', percent(result.testAccuracy)],
    ['train accuracy', percent(result.trainAccuracy)],
    ['sparsity', percent(result.sparsity)],
    ['generations', whole(result.generations)],
    ['evaluations', whole(result.evaluations)],
    ['cost', money(result.costDollars)],
    ['folder', result.run],
  ];
}

function figuresOfSweep(result: SweepResult): [string, string][] {
  const { cells, done, failed, stopReason } = result;
  const budget = stopReason === null ? '' : ', the others left out for the budget';
  return [
    ['cells', `${whole(done)} of ${whole(cells)} done, ${whole(failed)} failed${budget}`],
    ['cost', money(result.costDollars)],
    ['folder', result.sweep],
  ];
}

function parsed(output: string | null | undefined): SearchResult | SweepResult | undefined {
  if (!output) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    // Cut, or not one of ours: the notice does without the figures.
    return undefined;
  }
  return z.union([sweepResultSchema, resultSchema]).safeParse(value).data;
}
