/** Loss and accuracy of a network whose parameters change from call to call, on samples that stay. */
import { range } from 'd3-array';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { at } from '../base/at.ts';
import type { ScaledData } from '../evaluation/evaluator.ts';
import { sessionOptions } from '../evaluation/session.ts';
import { denseLayers } from '../network/architecture.ts';
import { type AnyNetwork, isGraph } from '../network/network.ts';
import { GraphBuilder } from '../network/onnx/graph-builder.ts';
import { trainableOf } from '../network/trainable.ts';
import { addForward, sizesOf, widthsOrGraph } from './epoch-model.ts';
import { type EpochFigures, floatsOf } from './epoch-session.ts';
import { addFigures } from './figures.ts';
import { addGraphForward } from './graph-pass.ts';

/** Floats that the activations of one run may take. */
const FLOATS_PER_RUN = 2 ** 22;

export type ScoringSession = Awaited<ReturnType<typeof openScoring>>;

/** For all networks like `network`, with other parameters. */
export async function openScoring(network: AnyNetwork, data: ScaledData) {
  const session = await InferenceSession.create(buildScoringModel(network), sessionOptions(1));
  const rows = Math.max(1, Math.floor(FLOATS_PER_RUN / sizesOf(widthsOrGraph(network)).values));
  const { features, x } = data;
  const labels = Int32Array.from(data.labels);
  const batches = range(0, labels.length, rows).map((from) => {
    const to = Math.min(labels.length, from + rows);
    return {
      x: new Tensor('float32', x.subarray(from * features, to * features), [to - from, features]),
      labels: new Tensor('int32', labels.subarray(from, to), [to - from, 1]),
    };
  });
  return {
    async score(trained: AnyNetwork): Promise<EpochFigures> {
      const { widths, weights, biases } = trainableOf(trained);
      const parameters: Record<string, Tensor> = {};
      for (const [index, { name, inputs, outputs }] of denseLayers(widths).entries()) {
        const bias = at(biases, index);
        parameters[`${name}.weight`] = new Tensor('float32', at(weights, index), [outputs, inputs]);
        if (bias.length > 0) parameters[`${name}.bias`] = new Tensor('float32', bias, [outputs]);
      }
      let [loss, correct] = [0, 0];
      for (const batch of batches) {
        const outputs = await session.run({ ...parameters, ...batch });
        loss += floatsOf(outputs, 'loss')[0] ?? Number.NaN;
        correct += at(floatsOf(outputs, 'correct'), 0);
      }
      return { loss, correct };
    },
    release: () => session.release(),
  };
}

/** Inputs: `x` float32 [N, features], `labels` int32 [N, 1], and each layer's weight and bias. Outputs: see addFigures. */
function buildScoringModel(network: AnyNetwork): Uint8Array {
  const graph = new GraphBuilder();
  const { widths, biases } = trainableOf(network);
  graph.input('x', 'float32', ['N', sizesOf(widthsOrGraph(network)).features]);
  graph.input('labels', 'int32', ['N', 1]);
  const layers = denseLayers(widths);
  const parameters = {
    weights: layers.map(({ name, inputs, outputs }) =>
      graph.input(`${name}.weight`, 'float32', [outputs, inputs]),
    ),
    biases: layers.map(({ name, outputs }, index) =>
      at(biases, index).length > 0 ? graph.input(`${name}.bias`, 'float32', [outputs]) : '',
    ),
  };
  const logits = isGraph(network)
    ? addGraphForward(graph, network, parameters, 'x')
    : (addForward(graph, network.widths, parameters, 'x').at(-1) ?? '');
  addFigures(graph, logits, 'labels');
  return graph.build('scoring');
}
