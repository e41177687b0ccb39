/** Whether a search by single flips fits into memory: its positions hold what each unit computes of each sample. */
import { algorithmNamed, algorithmsThat } from '../algorithms/registry.ts';
import { InvalidSpec } from '../base/errors.ts';
import { byteSize } from '../base/format.ts';
import { mostBytes } from '../evaluation/flips/layout.ts';
import { estimateFlips, estimateLayerFlips } from '../evaluation/flips/positions.ts';
import type { AnyNetwork } from '../network/network.ts';
import type { AskedSpec } from '../runspec/schema.ts';
import { isComplete, trainSamples } from '../runspec/shape.ts';

/** The objective whose positions take the most. */
const LARGEST = 'accuracy-then-cross-entropy';

/**
 * Throws InvalidSpec where single flips of the network cannot be evaluated, or not in so many bytes. Without the network, only
 * multilayer perceptrons are checked. Of files that have not been read nothing is known yet.
 */
export function checkPositions(spec: AskedSpec, available: number, network?: AnyNetwork): void {
  if (!isComplete(spec) || !algorithmNamed(spec.algorithm).improves) return;
  const samples = trainSamples(spec.task);
  const widths = 'layers' in spec.network ? spec.network.layers : undefined;
  if (!widths && !network) return;
  const bytes = widths
    ? estimateLayerFlips(widths, samples, LARGEST)
    : network && estimateFlips(network, samples, LARGEST);
  const others = algorithmsThat(({ improves, networks }) => !improves && networks === 'all').join(', ');
  if (bytes === undefined) {
    throw new InvalidSpec([
      `algorithm: found "${spec.algorithm}", which flips single weights of dense layers at the end of a network, and this network does not end in any; choose one of ${others}`,
    ]);
  }
  const most = mostBytes(available);
  if (bytes <= most) return;
  throw new InvalidSpec([
    `algorithm: found "${spec.algorithm}", which needs ${byteSize(bytes)} to evaluate single flips of this network on ${samples} samples, and at most ${byteSize(most)} is available: use fewer samples, a smaller network, or one of ${others}`,
  ]);
}
