/** Writes stages into a kernel's memory, as kernel/stage-table.ts reads them. */
import type { FlipKernel } from './kernel.ts';
import { type MemoryLayout, STAGE_ENTRY } from './layout.ts';
import type { ConvStage } from './stages.ts';

const RELU = { none: 0, 'before the pool': 1, 'after the pool': 2 } as const;
/** Bytes from a channel's fresh values to the next one's, for each position: a row of a block. */
const ROW = 512;

export function writeStages(
  { memory: { buffer }, configureStages }: FlipKernel,
  layout: MemoryLayout,
  stages: readonly ConvStage[],
  scales: readonly number[],
): void {
  for (const [index, stage] of stages.entries()) {
    const places = layout.stages[index];
    if (!places) throw new RangeError(`stage ${index} has no place`);
    const { inputs, channels, depth, perGroup, taps, before, positions, pooled, windows, shares } = stage;
    const entry = layout.stageTable + STAGE_ENTRY * index;
    const scale = scales[index] ?? 1;
    new Int32Array(buffer, entry, 7).set([inputs, channels, depth, taps.length, before, positions, pooled]);
    new Float32Array(buffer, entry + 28, 2).set([scale, 1 / scale]);
    new Uint32Array(buffer, entry + 36, 12).set([
      ...[places.sums, places.values, places.fresh, index === 0 ? 0 : pooled * ROW, places.moved],
      ...[places.weights, places.biases, places.taps, places.windows, places.shares],
      ...[RELU[stage.relu], perGroup],
    ]);
    new Float32Array(buffer, places.biases, channels).set(stage.biases);
    writeLists(buffer, places.taps, places.pairs, taps);
    writeLists(buffer, places.windows, places.places, windows);
    new Float32Array(buffer, places.shares, pooled).set(shares);
  }
  const plan = new Uint32Array(buffer, layout.plan + 116, 4);
  plan.set([stages.length, layout.stageTable, layout.source, layout.scratch]);
  configureStages(plan.byteOffset);
}

/** The lists one after another at `at`; at `index` the address of each, and the end. */
function writeLists(
  buffer: ArrayBuffer,
  index: number,
  at: number,
  lists: readonly ArrayLike<number>[],
): void {
  const addresses = new Uint32Array(buffer, index, lists.length + 1);
  let end = at;
  for (const [place, list] of lists.entries()) {
    addresses[place] = end;
    new Int32Array(buffer, end, list.length).set(list);
    end += 4 * list.length;
  }
  addresses[lists.length] = end;
}
