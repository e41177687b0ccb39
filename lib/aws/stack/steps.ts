/** One function per Task state of search.asl.json. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
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
const inRuns = (...names: string[]) => PLACES.flatMap((place) => names.map((name) => `${place}${name}`));
const ALL_GENERATIONS = `${keys.GENERATIONS}*`;

/** Every step reads what the others left; what it writes and deletes is its own. */
const ACCESS = {
  reads: [`${RUNS}*`, `${SWEEPS}*/${keys.CELLS}*`],
  tags: [],
  deletes: [],
  lists: [RUNS, SWEEPS],
  reason:
    'A run is named when it starts, so its objects can only be named by pattern: runs/*/ or sweeps/*/cells/*/ and the names that this step reads, writes or deletes.',
} as const;

interface StepDefinition extends Pick<TombolaFunctionProps, 'description' | 'onnxruntime' | 'files'> {
  readonly access: Access;
}

const DEFINITIONS: Readonly<Record<Step, StepDefinition>> = {
  Prepare: {
    description: 'Data, weights, evaluator and first masks of a run, from its spec',
    files: ['lib/data/digits.csv.gz'],
    access: {
      ...ACCESS,
      reads: [...ACCESS.reads, `${INPUTS}*`],
      writes: inRuns(keys.SPEC, keys.MANIFEST, 'model/*', 'data/*', ALL_GENERATIONS),
      tags: inRuns(ALL_GENERATIONS),
    },
  },
  Evaluate: {
    description: 'The fitness of a chunk of masks',
    onnxruntime: true,
    access: { ...ACCESS, writes: inRuns(ALL_GENERATIONS), tags: inRuns(ALL_GENERATIONS) },
  },
  Select: {
    description: 'The survivors of a generation, and the masks of the next',
    access: {
      ...ACCESS,
      writes: inRuns(ALL_GENERATIONS, `${keys.HISTORY_SEGMENTS}*`),
      tags: inRuns(ALL_GENERATIONS),
      deletes: inRuns(ALL_GENERATIONS),
    },
  },
  Train: {
    description: 'Epochs of an algorithm that trains',
    onnxruntime: true,
    access: {
      ...ACCESS,
      writes: inRuns(ALL_GENERATIONS),
      tags: inRuns(ALL_GENERATIONS),
      deletes: inRuns(ALL_GENERATIONS),
    },
  },
  Finalize: {
    description: 'Ticket, summary and report of a run',
    onnxruntime: true,
    access: {
      ...ACCESS,
      writes: inRuns(
        keys.TICKET,
        keys.TICKET_MINIMISED,
        keys.TICKET_MASK,
        keys.HISTORY,
        keys.SUMMARY,
        keys.REPORT,
      ),
    },
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
