/** A table of sizes: the ticket before and after everything is removed that no answer depends on. */
import { byteSize, milliseconds, percent, whole } from '../../base/format.ts';
import { type Html, html } from '../html.ts';
import type { ModelSize, RunSummary } from '../summary.ts';
import { numbersTable } from './table.ts';

const ROWS: readonly (readonly [string, keyof ModelSize, (value: number) => string])[] = [
  ['Weights and other parameters', 'parameters', whole],
  ['Multiply-adds per sample', 'multiplyAdds', whole],
  ['File size', 'bytes', byteSize],
  ['Latency of one sample, median', 'latencyMs', milliseconds],
];

/** Nothing for summaries of earlier versions. */
export function sizesTable({ minimised }: Pick<RunSummary, 'minimised'>): Html {
  if (!minimised) return html``;
  const { before, after } = minimised;
  const rows = ROWS.map(([label, key, format]) => {
    const rest = before[key] > 0 ? percent(after[key] / before[key]) : '–';
    return [label, format(before[key]), format(after[key]), rest];
  });
  return html`<div>${numbersTable('The ticket, minimised', ['', 'ticket.onnx', 'ticket.min.onnx', 'left'], rows)}
<p class="note">Without the units and channels that no class depends on, or that always give the same: the same answers. Latency in onnxruntime, on the computer that finished the run.</p></div>`;
}
