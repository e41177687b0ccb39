/**
 * The graph that trains a network: many steps a run, each of them forward, backward and update.
 *
 * ONNX's Scan carries the state, flat vectors, through the steps and slices the gathered samples; what one step does to
 * the state is the algorithm's (see `StepDefinition`). A step costs little arithmetic, so what counts
 * is the number of nodes, about a microsecond each, and of calls from JavaScript, some fifty: hence one run per many
 * steps, one flat vector for the parameters of all layers, and loss and accuracy outside the steps, for all at once.
 */
import type { Parameters, StepDefinition } from '../algorithms/parts/training-method.ts';
import { denseLayers } from '../network/architecture.ts';
import type { Graph } from '../network/graph.ts';
import type { AnyNetwork } from '../network/network.ts';
import { GraphBuilder } from '../network/onnx/graph-builder.ts';
import { sizeOf } from '../network/tensor.ts';
import { addFigures } from './figures.ts';
import { addGraphBackward, addGraphForward, valuesIn } from './graph-pass.ts';

/** The widths of a multilayer perceptron, or a convolutional network. */
export type Form = readonly number[] | Graph;

const isGraph = (form: Form): form is Graph => 'nodes' in form;

export function widthsOrGraph(network: AnyNetwork): Form {
  return 'nodes' in network ? network : network.widths;
}

/** Features, classes, and values of one sample in all. */
export function sizesOf(form: Form): Record<'features' | 'classes' | 'values', number> {
  if (isGraph(form))
    return { features: sizeOf(form.inputShape), classes: form.classes, values: valuesIn(form) };
  const [features = 0] = form;
  return { features, classes: form.at(-1) ?? 0, values: form.reduce((sum, width) => sum + width, 0) };
}

/** The name of a state vector after the steps of a run. */
export function nextOf(name: string): string {
  return `${name}.next`;
}

/**
 * The model. Inputs: each state vector; `x` float32 [N, features], scaled; `labels` int32 [N]; `order` int32 [steps, batch],
 * the samples of each step; `share` float32 [steps, batch, 1], 1 / samples of the step, or 0 where a row of a short step
 * holds none; each rate float32 [steps]; noise float32 [steps, length]. Outputs: each state vector `.next`; `loss` float32 [], the cross-entropy in
 * nats summed over the samples, each with the parameters of its step; `correct` float32 [], of their predictions.
 */
export function buildEpochModel(form: Form, batch: number, definition: StepDefinition) {
  const graph = new GraphBuilder();
  const { features, classes } = sizesOf(form);
  const names = Object.keys(definition.state);
  for (const [name, length] of Object.entries(definition.state)) graph.input(name, 'float32', [length]);
  graph.input('x', 'float32', ['N', features]);
  graph.input('labels', 'int32', ['N']);
  graph.input('order', 'int32', ['steps', batch]);
  graph.input('share', 'float32', ['steps', batch, 1]);
  for (const rate of definition.rates) graph.input(rate, 'float32', ['steps']);
  const noise = Object.entries(definition.noise ?? {});
  for (const [name, length] of noise) graph.input(name, 'float32', ['steps', length]);

  graph.node('Gather', ['x', 'order'], 'x.ordered');
  graph.node('Gather', ['labels', 'order'], 'labels.ordered');
  const scanned = [
    'x.ordered',
    'labels.ordered',
    'share',
    ...definition.rates,
    ...noise.map(([name]) => name),
  ];
  graph.nodes('Scan', [...names, ...scanned], [...names.map(nextOf), 'logits.all'], {
    body: { graph: buildStep(form, batch, definition) },
    num_scan_inputs: scanned.length,
  });
  for (const [name, length] of Object.entries(definition.state)) {
    graph.output(nextOf(name), 'float32', [length]);
  }

  // Over the samples of all steps at once.
  const logits = graph.node('Reshape', ['logits.all', graph.ints('rows', [-1, classes])], 'logits');
  const labels = graph.node('Reshape', ['labels.ordered', graph.ints('column', [-1, 1])], 'labels.column');
  const counted = graph.node('Sign', [graph.node('Reshape', ['share', 'column'], 'share.column')], 'counted');
  addFigures(graph, logits, labels, counted);
  return graph.build('epoch');
}

/** Inputs and outputs as Scan hands them over: state, then what is scanned; the next state, then the logits. */
function buildStep(form: Form, batch: number, definition: StepDefinition): GraphBuilder {
  const step = new GraphBuilder();
  const { features, classes } = sizesOf(form);
  for (const [name, length] of Object.entries(definition.state)) step.input(name, 'float32', [length]);
  step.input('step.x', 'float32', [batch, features]);
  step.input('step.labels', 'int32', [batch]);
  step.input('step.share', 'float32', [batch, 1]);
  for (const rate of definition.rates) step.input(rate, 'float32', []);
  for (const [name, length] of Object.entries(definition.noise ?? {})) step.input(name, 'float32', [length]);

  const parameters = definition.parameters(step);
  const activations = isGraph(form)
    ? [addGraphForward(step, form, parameters, 'step.x')]
    : addForward(step, form, parameters, 'step.x');
  const logits = activations.at(-1) ?? '';
  // The gradient of the mean cross-entropy is (softmax − one-hot) / samples.
  const { smoothing = 0 } = definition;
  const wanted = Float32Array.from(
    { length: classes ** 2 },
    (_, at) => (1 - smoothing) * Number(at % (classes + 1) === 0) + smoothing / classes,
  );
  const identity = step.floats('identity', [classes, classes], wanted);
  const oneHot = step.node('Gather', [identity, 'step.labels'], 'one.hot');
  const softmax = step.node('Softmax', [logits], 'softmax', { axis: 1 });
  const error = step.node('Sub', [softmax, oneHot], 'error');

  const gradients = gradientsOf(step, form, parameters, activations, error, definition);
  const next = definition.update(step, gradients);
  for (const [index, length] of Object.values(definition.state).entries()) {
    step.output(next[index] ?? '', 'float32', [length]);
  }
  step.output(logits, 'float32', [batch, classes]);
  return step;
}

function gradientsOf(
  step: GraphBuilder,
  form: Form,
  parameters: Parameters,
  activations: readonly string[],
  error: string,
  { backward, trainsBiases }: StepDefinition,
): Parameters {
  if (backward) {
    if (isGraph(form)) throw new TypeError('it takes multilayer perceptrons only');
    const sums = denseLayers(form).map(({ name }) => sumOf(name));
    const [inputs, outputs] = [activations.slice(0, -1), activations.slice(1)];
    return backward(step, { inputs, sums, outputs, error, share: 'step.share' });
  }
  const gradient = step.node('Mul', [error, 'step.share'], 'logits.gradient');
  return isGraph(form)
    ? addGraphBackward(step, form, parameters, gradient, trainsBiases)
    : addBackward(step, form, parameters, activations, gradient, trainsBiases);
}

function sumOf(layer: string): string {
  return `${layer}.sum`;
}

/** The forward pass: the input's name, then the output of every layer, the last one's the logits. */
export function addForward(
  graph: GraphBuilder,
  widths: readonly number[],
  { weights, biases }: Parameters,
  x: string,
): string[] {
  const layers = denseLayers(widths);
  const values = [x];
  for (const [index, { name }] of layers.entries()) {
    const inputs = [values.at(-1) ?? '', weights[index] ?? '', biases[index] ?? ''];
    const sum = graph.node('Gemm', inputs, sumOf(name), { transB: 1 });
    values.push(index === layers.length - 1 ? sum : graph.node('Relu', [sum], `${name}.relu`));
  }
  return values;
}

/** The backward pass: gradients of weights, and of the biases too. ReLU's at 0 is 0, as in PyTorch. */
function addBackward(
  graph: GraphBuilder,
  widths: readonly number[],
  { weights }: Parameters,
  activations: readonly string[],
  logitsGradient: string,
  trainsBiases: boolean,
): Parameters {
  const layers = denseLayers(widths);
  const rows = graph.ints('rows.axis', [0]);
  // Nodes whose output nobody uses would run all the same.
  const gradients = { weights: layers.map(() => ''), biases: trainsBiases ? layers.map(() => '') : [] };
  let gradient = logitsGradient;
  for (let index = layers.length - 1; index >= 0; index--) {
    const name = layers[index]?.name ?? '';
    const before = activations[index] ?? '';
    const [ofWeight, ofBias] = [`${name}.weight.gradient`, `${name}.bias.gradient`];
    gradients.weights[index] = graph.node('Gemm', [gradient, before], ofWeight, { transA: 1 });
    if (trainsBiases)
      gradients.biases[index] = graph.node('ReduceSum', [gradient, rows], ofBias, { keepdims: 0 });
    if (index === 0) break;
    const below = graph.node('MatMul', [gradient, weights[index] ?? ''], `${name}.input.gradient`);
    const open = graph.node('Sign', [before], `${name}.open`);
    gradient = graph.node('Mul', [below, open], `${name}.sum.gradient.below`);
  }
  return gradients;
}
