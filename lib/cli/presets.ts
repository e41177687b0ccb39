/** `tombola presets`. */
import { about, whole } from '../base/format.ts';
import { nameOfNetwork } from '../runspec/network.ts';
import { parseSpec } from '../runspec/parser.ts';
import { PRESETS } from '../runspec/presets.ts';
import { isComplete, sizeOfNetwork } from '../runspec/shape.ts';
import { SWEEP_PRESETS } from '../sweep/presets.ts';
import { parseSweepFields } from '../sweep/schema.ts';
import { expectedSeconds } from './expected-time.ts';
import { print, printJson } from './output.ts';
import { plainTable } from './result.ts';

/** Run presets as a table or as JSON, and below the table the sweep presets; with `sweeps` those alone. */
export function printPresets({ json, sweeps }: { json: boolean; sweeps: boolean }): void {
  if (!sweeps) printRunPresets(json);
  if (sweeps || !json) printSweepPresets(json);
}

function printRunPresets(json: boolean): void {
  const presets = [...PRESETS].flatMap(([name, { description }]) => {
    const spec = parseSpec({ preset: name });
    // All of them are: none names files.
    if (!isComplete(spec)) return [];
    return {
      name,
      description,
      layers: 'layers' in spec.network ? spec.network.layers : null,
      network: nameOfNetwork(spec.network),
      prunableWeights: sizeOfNetwork(spec).weights,
      objective: spec.search.objective,
      maxGenerations: spec.stop.maxGenerations,
      expectedSeconds: Math.ceil(expectedSeconds(spec)),
    };
  });
  if (json) {
    printJson(presets);
    return;
  }
  const rows = presets.map((preset) => [
    preset.name,
    preset.description,
    whole(preset.prunableWeights),
    preset.objective,
    whole(preset.maxGenerations),
    about(preset.expectedSeconds),
  ]);
  const table = plainTable(rows, [
    'preset',
    'task and network',
    'weights',
    'fitness',
    'generations ≤',
    'takes about',
  ]);
  print(`${table}\n\ntombola run PRESET runs one; tombola spec PRESET shows all that it sets.\n\n`);
}

function printSweepPresets(json: boolean): void {
  const sweeps = [...SWEEP_PRESETS].map(([name, { description, sweep }]) => {
    const { grid, algorithms, seeds } = parseSweepFields(sweep);
    return {
      name,
      description,
      gridPoints: grid.reduce((product, { values }) => product * values.length, 1),
      algorithms: algorithms.map((algorithm) => algorithm.name),
      runs: seeds.length,
    };
  });
  if (json) {
    printJson(sweeps);
    return;
  }
  const studies = sweeps.map(({ name, description, gridPoints, algorithms, runs }) => [
    name,
    description,
    whole(gridPoints),
    whole(algorithms.length),
    whole(runs),
    whole(gridPoints * algorithms.length * runs),
  ]);
  const head = ['sweep', 'study', 'grid points', 'algorithms', 'runs of each', 'cells'];
  print(
    `${plainTable(studies, head)}\n\ntombola sweep SWEEP runs one; tombola sweep SWEEP --print shows it.\n`,
  );
}
