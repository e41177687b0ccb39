/** What watches the stack: alarms, metrics and the dashboard, and what they cost when nothing runs. */
import { beforeAll, describe, expect, test } from 'vitest';
import { METRICS } from '../../../lib/workflow/metrics.ts';
import { type Synthesized, synthesize } from './template.ts';

describe('by default', () => {
  let synthesized: Synthesized;
  beforeAll(async () => {
    synthesized = await synthesize();
  });

  test('failed runs, lasting throttling and a broken inbox raise alarms, which mail nobody', () => {
    const alarms = synthesized.ofType('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
    expect(
      alarms.map(({ AlarmName, Namespace, MetricName, EvaluationPeriods }) =>
        [AlarmName, Namespace, MetricName, EvaluationPeriods].join(' '),
      ),
    ).toEqual([
      'Tombola-FailedRuns AWS/States ExecutionsFailed 1',
      'Tombola-FailedSweeps AWS/States ExecutionsFailed 1',
      'Tombola-ThrottledEvaluations AWS/Lambda Throttles 3',
      'Tombola-ThrottledRuns AWS/States ExecutionThrottled 3',
      'Tombola-InboxErrors AWS/Lambda Errors 1',
      'Tombola-InboxDrops AWS/Lambda AsyncEventsDropped 1',
    ]);
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({ Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' });
      expect(alarm.Period).toBe(300);
      expect(alarm.TreatMissingData).toBe('notBreaching');
      expect(alarm.AlarmActions).toBeUndefined();
    }
    expect(synthesized.ofType('AWS::SNS::Topic')).toEqual([]);
  });

  test('custom metrics are no more than CloudWatch gives for nothing', () => {
    const free = 10;
    const coldStart = 1;
    expect(Object.keys(METRICS).length + coldStart).toBeLessThanOrEqual(free);
    const body = String(
      synthesized.find('AWS::CloudWatch::Dashboard', 'Dashboard/Dashboard').properties.DashboardBody,
    );
    const ours = [...body.matchAll(/\["Tombola","(\w+)",([^\]{]*)/g)].map(
      ([, , dimensions = '']) => dimensions,
    );
    expect(ours.length).toBeGreaterThan(0);
    // A dashboard is free up to 50 metrics.
    const shown = [...body.matchAll(/\["((?:AWS\/\w+|Tombola)",[^\]{]*)/g)].map(([, metric]) => metric);
    expect(new Set(shown).size).toBeGreaterThan(40);
    expect(new Set(shown).size).toBeLessThanOrEqual(50);
    // One set of dimensions: each further one is another metric to pay for.
    expect(new Set(ours)).toEqual(new Set(['"service","Tombola",']));
  });
});
