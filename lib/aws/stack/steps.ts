/** One function per Task state of search.asl.json. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { patternsOf, RUN_ARTIFACTS } from '../../store/artifacts.ts';
import * as keys from '../../store/keys.ts';
import { type Access, allowData } from './access.ts';
import { TombolaFunction, type TombolaFunctionProps } from './function.ts';
import type { Settings } from './settings.ts';
import { INPUTS, RUNS, type Storage, SWEEPS } from './storage.ts';

/** The Task states' functions, by the name that they have in the definition: `${PrepareFunctionArn}` and so on. */
export const STEPS = ['Prepare', 'Evaluate', 'Select', 'Train', 'Finalize'] as const;
export type Step = (typeof STEPS)[number];

/** Lambda's longest time; the states' own time-outs are no longer. */
const TIMEOUT = Duration.minutes(15);

/** Runs of their own, and runs that are cells of a sweep. */
const PLACES = [`${RUNS}*/`, `${SWEEPS}*/${keys.CELLS}*/`] as const;

/** Every step reads what the others left; what it writes and deletes is its own. */
const accessOf = (step: Step, reads: readonly string[] = []): Access => ({
  ...patternsOf(step, RUN_ARTIFACTS, PLACES),
  reads: [`${RUNS}*`, `${SWEEPS}*/${keys.CELLS}*`, ...reads],
  lists: [RUNS, SWEEPS],
  reason:
    'A run is named when it starts, so its objects can only be named by pattern: runs/*/ or sweeps/*/cells/*/ and the names that this step reads, writes or deletes.',
});

interface StepDefinition extends Pick<TombolaFunctionProps, 'description' | 'onnxruntime' | 'files'> {
  readonly access: Access;
}

const DEFINITIONS: Readonly<Record<Step, StepDefinition>> = {
  Prepare: {
    description: 'Data, weights, evaluator and first masks of a run, from its spec',
    files: ['lib/data/digits.csv.gz'],
    access: accessOf('Prepare', [`${INPUTS}*`]),
  },
  Evaluate: {
    description: 'The fitness of a chunk of masks',
    onnxruntime: true,
    access: accessOf('Evaluate'),
  },
  Select: {
    description: 'The survivors of a generation, and the masks of the next',
    access: accessOf('Select'),
  },
  Train: {
    description: 'Epochs of an algorithm that trains',
    onnxruntime: true,
    access: accessOf('Train'),
  },
  Finalize: {
    description: 'Ticket, summary and report of a run',
    onnxruntime: true,
    access: accessOf('Finalize'),
  },
};

export class Steps extends Construct {
  readonly functions: Readonly<Record<Step, TombolaFunction>>;

  constructor(scope: Construct, id: string, { settings, storage }: { settings: Settings; storage: Storage }) {
    super(scope, id);
    const make = (step: Step) =>
      new TombolaFunction(this, step, {
        ...DEFINITIONS[step],
        settings,
        file: step.toLowerCase(),
        memory: settings.memory,
        timeout: TIMEOUT,
        environment: { TOMBOLA_RUNS: storage.runs, TOMBOLA_SWEEPS: storage.sweeps },
        bucket: storage.bucket,
      });
    const prepare = make('Prepare');
    allowData(prepare.role, settings);
    this.functions = {
      Prepare: prepare,
      Evaluate: make('Evaluate'),
      Select: make('Select'),
      Train: make('Train'),
      Finalize: make('Finalize'),
    };
  }
}
