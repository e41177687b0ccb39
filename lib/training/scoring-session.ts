/** Loss and accuracy of a network whose parameters change from call to call, on samples that stay. */
import { range } from 'd3-array';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { at } from '../base/at.ts';
import type { ScaledData } from '../evaluation/evaluator.ts';
import { sessionOptions } from '../evaluation/session.ts';
import { denseLayers, type Network } from '../network/architecture.ts';
import { GraphBuilder } from '../network/onnx/graph-builder.ts';
import { addForward } from './epoch-model.ts';
import { type EpochFigures, floatsOf } from './epoch-session.ts';
import { addFigures } from './figures.ts';

/** Floats that the activations of one run may take. */
const FLOATS_PER_RUN = 2 ** 22;

export type ScoringSession = Awaited<ReturnType<typeof openScoring>>;

export async function openScoring(widths: readonly number[], data: ScaledData) {
  const session = await InferenceSession.create(buildScoringModel(widths), sessionOptions(1));
  const rows = Math.max(1, Math.floor(FLOATS_PER_RUN / widths.reduce((sum, width) => sum + width, 0)));
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
    async score({ weights, biases }: Network): Promise<EpochFigures> {
      const parameters: Record<string, Tensor> = {};
      for (const [index, { name, inputs, outputs }] of denseLayers(widths).entries()) {
        parameters[`${name}.weight`] = new Tensor('float32', at(weights, index), [outputs, inputs]);
        parameters[`${name}.bias`] = new Tensor('float32', at(biases, index), [outputs]);
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
function buildScoringModel(widths: readonly number[]): Uint8Array {
  const graph = new GraphBuilder();
  graph.input('x', 'float32', ['N', widths[0] ?? 0]);
  graph.input('labels', 'int32', ['N', 1]);
  const layers = denseLayers(widths);
  const parameters = {
    weights: layers.map(({ name, inputs, outputs }) =>
      graph.input(`${name}.weight`, 'float32', [outputs, inputs]),
    ),
    biases: layers.map(({ name, outputs }) => graph.input(`${name}.bias`, 'float32', [outputs])),
  };
  const logits = addForward(graph, widths, parameters, 'x').at(-1) ?? '';
  addFigures(graph, logits, 'labels');
  return graph.build('scoring');
}
