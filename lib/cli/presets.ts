/** `tombola presets`. */
import { countWeights } from '../network/architecture.ts';
import { parseSpec } from '../spec/parse.ts';
import { PRESETS } from '../spec/presets.ts';
import { plainTable } from './result.ts';
import { whole } from './text.ts';

export function printPresets(json: boolean): void {
  const presets = [...PRESETS].map(([name, { description }]) => {
    const spec = parseSpec({ preset: name });
    return {
      name,
      description,
      layers: spec.network.layers,
      prunableWeights: countWeights(spec.network.layers),
      objective: spec.search.objective,
      maxGenerations: spec.stop.maxGenerations,
    };
  });
  if (json) {
    process.stdout.write(`${JSON.stringify(presets, null, 2)}\n`);
    return;
  }
  const rows = presets.map((preset) => [
    preset.name,
    preset.description,
    whole(preset.prunableWeights),
    preset.objective,
    whole(preset.maxGenerations),
  ]);
  const table = plainTable(rows, ['preset', 'task and network', 'weights', 'fitness', 'generations ≤']);
  process.stdout.write(
    `${table}\n\ntombola run PRESET runs one; tombola spec PRESET shows all that it sets.\n`,
  );
}
