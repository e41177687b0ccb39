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
    const { settings, steps, machine, sweeps, inbox } = watched;
    const ours = (metricName: MetricName | 'ColdStart', statistic: string) =>
      new Metric({
        namespace: METRICS_NAMESPACE,
        metricName,
        statistic,
        period: PERIOD,
        label: metricName,
        dimensionsMap: { service: settings.stackName },
      });
    const lambdas = [
      ...SEARCH_FUNCTION_NAMES.map((step) => [step, steps.functions[step].lambda] as const),
      ...SWEEP_FUNCTION_NAMES.map((step) => [`${step} (sweeps)`, sweeps.functions[step].lambda] as const),
      ['Inbox', inbox.function.lambda] as const,
    ];
    const perFunction = (metric: (lambda: (typeof lambdas)[number][1]) => Metric) =>
      lambdas.map(([label, lambda]) => metric(lambda).with({ label, period: PERIOD }));
    const durations = (step: SearchFunction) =>
      ['p50', 'p90', 'p99'].map((statistic) =>
        steps.functions[step].lambda
          .metricDuration({ statistic, period: PERIOD })
          .with({ label: `${step} ${statistic}` }),
      );
    const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
      new GraphWidget({ title, left, right, width: HALF, height: 6, leftYAxis: { min: 0 } });

    const { machine: searches } = machine;
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: settings.stackName,
      defaultInterval: Duration.hours(3),
      widgets: [
        [
          new SingleValueWidget({
            title: 'In the time shown',
            width: FULL,
            height: 4,
            setPeriodToTimeRange: true,
            metrics: [
              searches.metricStarted({ label: 'Runs started' }),
              searches.metricSucceeded({ label: 'Runs succeeded' }),
              searches.metricFailed({ label: 'Runs failed' }),
              ours('Generations', Stats.SUM),
              ours('Evaluations', Stats.SUM),
              costOf(watched, Duration.hours(1)),
            ],
          }),
        ],
        [
          graph('Runs', [
            searches.metricStarted({ period: PERIOD, label: 'started' }),
            searches.metricSucceeded({ period: PERIOD, label: 'succeeded' }),
            searches.metricFailed({ period: PERIOD, label: 'failed' }),
            searches.metricAborted({ period: PERIOD, label: 'stopped' }),
            sweeps.machine.machine.metricStarted({ period: PERIOD, label: 'sweeps started' }),
            sweeps.machine.machine.metricSucceeded({ period: PERIOD, label: 'sweeps succeeded' }),
            sweeps.machine.machine.metricFailed({ period: PERIOD, label: 'sweeps failed' }),
          ]),
          graph('Generations', [ours('Generations', Stats.SUM)], [ours('Epochs', Stats.SUM)]),
        ],
        [
          graph(
            'Evaluations per second',
            [
              new MathExpression({
                expression: 'evaluations / PERIOD(evaluations)',
                usingMetrics: { evaluations: ours('Evaluations', Stats.SUM) },
                period: PERIOD,
                label: 'all together',
              }),
            ],
            [ours('EvaluationsPerSecond', Stats.AVERAGE).with({ label: 'one environment' })],
          ),
          graph(
            'Warm evaluators (share of chunks), cold starts',
            [ours('CacheHits', Stats.AVERAGE)],
            [ours('ColdStart', Stats.SUM)],
          ),
        ],
        [
          graph('Errors', [
            ...perFunction((lambda) => lambda.metricErrors()),
            searches.metricTimedOut({ period: PERIOD, label: 'runs timed out' }),
          ]),
          graph('Throttles', [
            ...perFunction((lambda) => lambda.metricThrottles()),
            searches.metricThrottled({ period: PERIOD, label: 'executions throttled' }),
          ]),
        ],
        [
          graph('Duration: Evaluate', durations('Evaluate')),
          graph(
            'Duration: other steps',
            SEARCH_FUNCTION_NAMES.filter((name) => name !== 'Evaluate').flatMap(durations),
          ),
        ],
        [
          graph('Concurrent environments', [
            steps.functions.Evaluate.lambda.metric('ConcurrentExecutions', {
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
