/** Small data files and models for runs, each a pure function of its arguments. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { random } from '../../lib/base/random.ts';
import { convnet } from '../../lib/network/convnets.ts';
import { redraw, uniformNetwork } from '../../lib/network/initializer.ts';
import { graphOfLayers } from '../../lib/network/layers-graph.ts';
import { encodeGraph } from '../../lib/network/onnx/graph-encoder.ts';

const NAMES = ['ash', 'birch', 'cedar'];

/** Trees: of three classes, each around a centre of its own. */
export function treesCsv({ rows = 90, features = 4, seed = 1 } = {}): string {
  const stream = random(seed, 'dataset');
  const centers = NAMES.map(() => Array.from({ length: features }, () => 3 * stream.normal()));
  const head = [...Array.from({ length: features }, (_, index) => `m${index}`), 'tree'].join(',');
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = row % NAMES.length;
    const values = (centers[label] ?? []).map((center) => (center + stream.normal()).toFixed(3));
    return [...values, NAMES[label]].join(',');
  });
  return `${[head, ...lines].join('\n')}\n`;
}

/** A convolutional network for images of 4 × 4 and three classes, its weights drawn. */
export const convnetModel = (seed = 1) =>
  encodeGraph(redraw(convnet('conv-small', [1, 4, 4], NAMES.length), 'kaiming-normal', seed));

/** A multilayer perceptron of these widths. */
export const layersModel = (widths: readonly number[], seed = 1) =>
  encodeGraph(graphOfLayers(uniformNetwork(widths, seed)));

/** Writes files into a folder; gives their paths. */
export async function writeFiles<Name extends string>(
  folder: string,
  contents: Readonly<Record<Name, string | Uint8Array>>,
): Promise<Record<Name, string>> {
  const paths = Object.entries<string | Uint8Array>(contents).map(async ([name, content]) => {
    await writeFile(join(folder, name), content);
    return [name, join(folder, name)];
  });
  return Object.fromEntries(await Promise.all(paths));
}
