/**
 * rec-lra: trains weights without backpropagation, by targets for every layer that random connections bring down from the
 * output's error: recursive local representation alignment (Ororbia et al. 2020, arXiv 2002.03911).
 */
import { z } from 'zod';
import { random } from '../../base/random.ts';
import { denseLayers, type Network } from '../../network/architecture.ts';
import { layersIn } from '../../network/network.ts';
import type { GraphBuilder } from '../../network/onnx/graph-builder.ts';
import { backpropMethod } from '../backprop/backprop.ts';
import { backpropStep } from '../backprop/step.ts';
import { byEpochs } from '../parts/epochs.ts';
import * as fields from '../parts/training-fields.ts';
import type { ForwardPass, Parameters, StepDefinition, TrainingMethod } from '../parts/training-method.ts';

const recLraSchema = z.strictObject({
  ...fields.adamFields,
  beta: z.number().gt(0).max(1_000).default(0.1).meta({
    description:
      'How far the targets of hidden layers are from their sums, as a multiple of the error that reaches them',
  }),
});
type RecLraSpec = z.output<typeof recLraSchema>;

interface RecLraPart {
  readonly seed: number;
  readonly recLra: RecLraSpec;
}

export const recLra = byEpochs({
  summary: 'trains weights by local targets, without backpropagation',
  section: { key: 'recLra', schema: recLraSchema },
  finds: 'weights',
  found: 'trained',
  sectionOf: ({ recLra }: RecLraPart) => recLra,
  method: ({ recLra, seed }, network) => recLraMethod(layersIn(network), recLra, seed),
});

/** `network`: what training starts from. */
function recLraMethod(network: Network, spec: RecLraSpec, seed: number): TrainingMethod {
  return {
    ...backpropMethod(network, { ...spec, patience: spec.epochs }),
    section: 'recLra',
    definition: () => recLraStep(network, spec, drawnFeedback(network.widths, seed)),
  };
}

/** Every second layer below the last hidden one hears of the output's error itself, the others of that of the layer above. */
const SKIP = 2;

/** The layer whose error reaches each hidden layer. */
export function sourcesOf(widths: readonly number[]): number[] {
  const last = widths.length - 2;
  return Array.from({ length: last }, (_, layer) => ((last - 1 - layer) % SKIP === 0 ? last : layer + 1));
}

/** The connections that bring an error down to each hidden layer, units of the source × units: N(0, 1 / units of the source). */
export function drawnFeedback(widths: readonly number[], seed: number): Float32Array[] {
  return sourcesOf(widths).map((source, layer) => {
    const stream = random(seed, 'feedback', layer);
    const [from = 0, to = 0] = [widths[source + 1], widths[layer + 1]];
    return Float32Array.from({ length: from * to }, () => stream.normal() / Math.sqrt(from));
  });
}

/**
 * Adam's step on other slopes than the gradient. With h, the sums of a hidden layer, and z = relu(h): the error that reaches it is
 * d = e · E, e the error of its source; its target is relu(h − β · d), its own error z less that. The slope of its weights is its error
 * times its inputs, averaged over the samples. The output's error is softmax less one-hot.
 */
export function recLraStep(
  network: Network,
  spec: Pick<RecLraSpec, 'beta' | 'beta1' | 'beta2' | 'epsilon'>,
  feedback: readonly Float32Array[],
): StepDefinition {
  const layers = denseLayers(network.widths);
  const sources = sourcesOf(network.widths);

  function backward(step: GraphBuilder, { inputs, sums, outputs, error, share }: ForwardPass): Parameters {
    const rows = step.ints('rows.axis', [0]);
    const errors: string[] = layers.map(() => error);
    for (let index = layers.length - 2; index >= 0; index--) {
      const { name, outputs: units } = layers[index] ?? { name: '', outputs: 0 };
      const source = sources[index] ?? 0;
      const weights = step.floats(
        `${name}.feedback`,
        [layers[source]?.outputs ?? 0, units],
        feedback[index] ?? [],
      );
      const reached = step.node('MatMul', [errors[source] ?? '', weights], `${name}.reached`);
      const far = step.node(
        'Mul',
        [reached, step.floats(`${name}.beta`, [], [spec.beta])],
        `${name}.displacement`,
      );
      const target = step.node(
        'Relu',
        [step.node('Sub', [sums[index] ?? '', far], `${name}.displaced`)],
        `${name}.target`,
      );
      errors[index] = step.node('Sub', [outputs[index] ?? '', target], `${name}.error`);
    }
    const meaned = layers.map(({ name }, index) =>
      step.node('Mul', [errors[index] ?? '', share], `${name}.error.share`),
    );
    return {
      weights: layers.map(({ name }, index) =>
        step.node('Gemm', [meaned[index] ?? '', inputs[index] ?? ''], `${name}.weight.slope`, { transA: 1 }),
      ),
      biases: layers.map(({ name }, index) =>
        step.node('ReduceSum', [meaned[index] ?? '', rows], `${name}.bias.slope`, { keepdims: 0 }),
      ),
    };
  }

  return { ...backpropStep(network, spec), backward };
}
