/** The dashboard: what runs, how fast, what fails, what it costs. */
import { Duration } from 'aws-cdk-lib';
import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { PRICES } from '../../cost/prices.ts';
import type { MetricName } from '../../workflow/metrics.ts';
import { SEARCH_FUNCTION_NAMES, type SearchFunction, SWEEP_FUNCTION_NAMES } from '../../workflow/states.ts';
import { METRICS_NAMESPACE } from './function.ts';
import type { Inbox } from './inbox.ts';
import type { SearchMachine } from './machine.ts';
import type { Settings } from './settings.ts';
import type { Steps } from './steps.ts';
import type { Sweeps } from './sweeps.ts';

/** All that there is to watch. */
export interface Watched {
  readonly settings: Settings;
  readonly steps: Steps;
  readonly machine: SearchMachine;
  readonly sweeps: Sweeps;
  readonly inbox: Inbox;
}

const PERIOD = Duration.minutes(1);
const HALF = 12;
const FULL = 24;

export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: watched.settings.stackName,
      defaultInterval: Duration.hours(3),
      widgets: [
        [totals(watched)],
        runs(watched),
        rates(watched),
        failures(watched),
        durations(watched),
        [
          graph('Concurrent environments', [
            watched.steps.functions.Evaluate.lambda.metric('ConcurrentExecutions', {
              statistic: Stats.MAXIMUM,
              period: PERIOD,
              label: 'Evaluate',
            }),
          ]),
          graph('Cost per hour, estimated (dollars)', [costOf(watched, Duration.hours(1))]),
        ],
      ],
    });
  }
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: HALF, height: 6, leftYAxis: { min: 0 } });
}

/** A metric that our functions write. */
function ours({ settings }: Watched, metricName: MetricName | 'ColdStart', statistic: string): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    statistic,
    period: PERIOD,
    label: metricName,
    dimensionsMap: { service: settings.stackName },
  });
}

function totals(watched: Watched): SingleValueWidget {
  const searches = watched.machine.machine;
  return new SingleValueWidget({
    title: 'In the time shown',
    width: FULL,
    height: 4,
    setPeriodToTimeRange: true,
    metrics: [
      searches.metricStarted({ label: 'Runs started' }),
      searches.metricSucceeded({ label: 'Runs succeeded' }),
      searches.metricFailed({ label: 'Runs failed' }),
      ours(watched, 'Generations', Stats.SUM),
      ours(watched, 'Evaluations', Stats.SUM),
      costOf(watched, Duration.hours(1)),
    ],
  });
}

function runs(watched: Watched): GraphWidget[] {
  const searches = watched.machine.machine;
  const sweeps = watched.sweeps.machine.machine;
  return [
    graph('Runs', [
      searches.metricStarted({ period: PERIOD, label: 'started' }),
      searches.metricSucceeded({ period: PERIOD, label: 'succeeded' }),
      searches.metricFailed({ period: PERIOD, label: 'failed' }),
      searches.metricAborted({ period: PERIOD, label: 'stopped' }),
      sweeps.metricStarted({ period: PERIOD, label: 'sweeps started' }),
      sweeps.metricSucceeded({ period: PERIOD, label: 'sweeps succeeded' }),
      sweeps.metricFailed({ period: PERIOD, label: 'sweeps failed' }),
    ]),
    graph('Generations', [ours(watched, 'Generations', Stats.SUM)], [ours(watched, 'Epochs', Stats.SUM)]),
  ];
}

function rates(watched: Watched): GraphWidget[] {
  return [
    graph(
      'Evaluations per second',
      [
        new MathExpression({
          expression: 'evaluations / PERIOD(evaluations)',
          usingMetrics: { evaluations: ours(watched, 'Evaluations', Stats.SUM) },
          period: PERIOD,
          label: 'all together',
        }),
      ],
      [ours(watched, 'EvaluationsPerSecond', Stats.AVERAGE).with({ label: 'one environment' })],
    ),
    graph(
      'Warm evaluators (share of chunks), cold starts',
      [ours(watched, 'CacheHits', Stats.AVERAGE)],
      [ours(watched, 'ColdStart', Stats.SUM)],
    ),
  ];
}

function failures({ steps, sweeps, inbox, machine: { machine: searches } }: Watched): GraphWidget[] {
  const lambdas = [
    ...SEARCH_FUNCTION_NAMES.map((step) => [step, steps.functions[step].lambda] as const),
    ...SWEEP_FUNCTION_NAMES.map((step) => [`${step} (sweeps)`, sweeps.functions[step].lambda] as const),
    ['Inbox', inbox.function.lambda] as const,
  ];
  const perFunction = (metric: (lambda: (typeof lambdas)[number][1]) => Metric) =>
    lambdas.map(([label, lambda]) => metric(lambda).with({ label, period: PERIOD }));
  return [
    graph('Errors', [
      ...perFunction((lambda) => lambda.metricErrors()),
      searches.metricTimedOut({ period: PERIOD, label: 'runs timed out' }),
    ]),
    graph('Throttles', [
      ...perFunction((lambda) => lambda.metricThrottles()),
      searches.metricThrottled({ period: PERIOD, label: 'executions throttled' }),
    ]),
  ];
}

function durations({ steps }: Watched): GraphWidget[] {
  const percentiles = (step: SearchFunction) =>
    ['p50', 'p90', 'p99'].map((statistic) =>
      steps.functions[step].lambda
        .metricDuration({ statistic, period: PERIOD })
        .with({ label: `${step} ${statistic}` }),
    );
  return [
    graph('Duration: Evaluate', percentiles('Evaluate')),
    graph(
      'Duration: other steps',
      SEARCH_FUNCTION_NAMES.filter((name) => name !== 'Evaluate').flatMap(percentiles),
    ),
  ];
}

/** Lambda's time and requests, and the transitions of the machine: about three to an invocation but for the chunks'. */
function costOf({ settings, steps }: Watched, period: Duration): MathExpression {
  const gigabytes = settings.memory / 1024;
  const second = PRICES.lambdaGbSecond[settings.architecture] * gigabytes;
  const usingMetrics: Record<string, IMetric> = {};
  for (const step of SEARCH_FUNCTION_NAMES) {
    const { lambda } = steps.functions[step];
    usingMetrics[`time${step}`] = lambda.metricDuration({ statistic: Stats.SUM, period });
    usingMetrics[`calls${step}`] = lambda.metricInvocations({ statistic: Stats.SUM, period });
  }
  const sum = (name: string) => `(${SEARCH_FUNCTION_NAMES.map((step) => `${name}${step}`).join('+')})`;
  const transitions = `(${sum('calls')}+2*callsSelect+callsTrain)`;
  return new MathExpression({
    expression: [
      `${dollars(second / 1000)}*${sum('time')}`,
      `${dollars(PRICES.lambdaRequest)}*${sum('calls')}`,
      `${dollars(PRICES.transition)}*${transitions}`,
    ].join('+'),
    usingMetrics,
    period,
    label: 'Cost, estimated ($)',
  });
}

/** Without an exponent: metric math would read its `e` as a name. */
function dollars(amount: number): string {
  return amount.toFixed(15);
}
