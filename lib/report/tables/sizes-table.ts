/** What is saved where the ticket is stripped of all that no answer of it depends on. */
import { byteSize, milliseconds, percent, whole } from '../../base/format.ts';
import { type Html, html } from '../html.ts';
import type { ModelSize, RunSummary } from '../summary.ts';

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
    return html`<tr><th scope="row">${label}</th><td class="number">${format(before[key])}</td><td class="number">${format(after[key])}</td><td class="number">${rest}</td></tr>`;
  });
  return html`<div><div class="scroll"><table>
<caption>The ticket, minimised</caption>
<thead><tr><th scope="col"></th><th scope="col" class="number">ticket.onnx</th><th scope="col" class="number">ticket.min.onnx</th><th scope="col" class="number">left</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
<p class="note">Without the neurons and channels that no class depends on, or that always give the same: the same answers. Latency in onnxruntime, on the computer that finished the run.</p></div>`;
}
