/** The output of `tombola network`: layers, prunable weights, memory, speed. */
import { availableParallelism } from 'node:os';
import { sum } from 'd3-array';
import { defined } from '../base/defined.ts';
import { UserError } from '../base/errors.ts';
import { amount, byteSize, whole } from '../base/format.ts';
import { type AffineScaling, IDENTITY, type Samples } from '../data/dataset.ts';
import { describeLayers, memoryOfIndividual } from '../network/description.ts';
import { type Graph, prunableBits } from '../network/graph.ts';
import { graphOfLayers } from '../network/layers-graph.ts';
import { type AnyNetwork, isGraph, sizeOfGraph } from '../network/network.ts';
import { readGraph } from '../network/reading/graph-reader.ts';
import { sizeOf } from '../network/tensor.ts';
import { sourceOpener } from '../places/sources.ts';
import { readModel } from '../runs/model-file.ts';
import { resolveSpec } from '../runs/spec-resolution.ts';
import { nameOfNetwork } from '../runspec/network.ts';
import { type DataOptions, flagOf } from './data-options.ts';
import { readSpec, titleOf } from './input.ts';
import { drawSamples, measureRate, type Rate } from './network-rate.ts';
import { print } from './output.ts';
import { plainTable } from './result.ts';
import { usableModel } from './usable-model.ts';

export interface NetworkOptions extends DataOptions {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly samples?: number | undefined;
  readonly measure: boolean;
  readonly json: boolean;
}

/** A network, and data to evaluate it on. */
interface Shown {
  readonly title: string;
  readonly network: AnyNetwork;
  readonly graph: Graph;
  readonly population: number;
  readonly data: () => { readonly samples: Samples; readonly scaling: AffineScaling };
}

/** For a model without a spec: the population as `tombola run` has it, and so many samples. */
const POPULATION = 100;
const SAMPLES = 1000;

/** Throws UserError, InvalidSpec. */
export async function printNetwork(source: string | undefined, options: NetworkOptions): Promise<void> {
  const shown =
    source && /\.onnx$/i.test(source) ? await ofModel(source, options) : await ofSpec(source, options);
  const rate = options.measure ? await measureRate(shown.network, shown.graph, shown.data()) : undefined;
  const text = options.json ? JSON.stringify(documentOf(shown, rate), null, 2) : textOf(shown, rate);
  print(`${text}\n`);
}

async function ofModel(uri: string, options: NetworkOptions): Promise<Shown> {
  const { include, exclude, samples = SAMPLES, measure: _measure, json: _json, ...laid } = options;
  const [given] = Object.keys(defined(laid));
  if (given !== undefined) {
    throw new UserError(
      `${flagOf(given)}: is for a spec, and ${uri} is a model; leave it out, or give --data FILE --network ${uri}`,
    );
  }
  const graph = await usableModel(async () => {
    const { bytes, name } = await readModel(uri, sourceOpener());
    return readGraph(bytes, name, { include, exclude });
  });
  const data = () => ({ samples: drawSamples(graph, samples), scaling: IDENTITY });
  return { title: uri, network: graph, graph, population: POPULATION, data };
}

async function ofSpec(source: string | undefined, given: NetworkOptions): Promise<Shown> {
  const { include, exclude, samples, measure: _measure, json: _json, ...options } = given;
  for (const [name, value] of Object.entries({ include, exclude, samples })) {
    if (value === undefined) continue;
    const instead =
      name === 'samples' ? 'a spec says itself what its data are' : `write network.${name} into the spec`;
    throw new UserError(`--${name}: is for an ONNX file; ${instead}`);
  }
  const asked = await readSpec(source, options);
  const { spec, network, dataset } = await resolveSpec(asked, sourceOpener());
  const graph = isGraph(network) ? network : graphOfLayers(network);
  return {
    title: `${titleOf(spec)}, ${nameOfNetwork(spec.network)}`,
    network,
    graph,
    population: spec.search.population,
    data: () => ({ samples: dataset.train, scaling: dataset.scaling }),
  };
}

function documentOf({ title, graph, population }: Shown, rate: Rate | undefined) {
  const layers = describeLayers(graph);
  const memory = memoryOfIndividual(graph);
  return {
    network: title,
    inputShape: graph.inputShape,
    features: sizeOf(graph.inputShape),
    classes: graph.classes,
    layers: layers.map(({ tensor = null, ...layer }) => ({ ...layer, tensor })),
    prunable: graph.prunable.map(({ name, shape, offset, size, fanIn, fanOut }) => {
      return { name, shape, offset, size, fanIn, fanOut };
    }),
    weights: sum(layers, ({ weights }) => weights),
    prunableWeights: prunableBits(graph),
    multiplyAdds: sizeOfGraph(graph).multiplyAdds,
    bytes: {
      genome: memory.genome,
      maskedWeights: memory.maskedWeights,
      activationsPerSample: memory.activations,
      population: population * memory.genome,
      evaluator: rate?.evaluatorBytes ?? null,
    },
    population,
    evaluations: rate
      ? {
          perSecondAndCore: rate.evaluationsPerSecond,
          samples: rate.samples,
          measuredSamples: rate.measuredSamples,
          cores: availableParallelism(),
        }
      : null,
  };
}

/** [N, 3, 8, 8] */
function shapeText(shape: readonly number[]): string {
  return `[${['N', ...shape].join(', ')}]`;
}

/** Names of nodes may be paths through a program. */
const NAME_LENGTH = 40;

function shortened(name: string): string {
  return name.length > NAME_LENGTH ? `…${name.slice(1 - NAME_LENGTH)}` : name;
}

/** A dash for 0: most operations have no weights. */
function count(value: number): string {
  return value === 0 ? '–' : whole(value);
}

/** Columns whose total is shown. */
const COUNTED = ['weights', 'prunable', 'multiplyAdds'] as const;

function textOf(shown: Shown, rate: Rate | undefined): string {
  const { graph, population } = shown;
  const layers = describeLayers(graph);
  const rows = layers.map((layer) => [
    shortened(layer.name),
    layer.operator,
    shapeText(layer.outputShape),
    ...COUNTED.map((key) => count(layer[key])),
    layer.tensor ?? '',
  ]);
  const totals = COUNTED.map((key) => count(sum(layers, (layer) => layer[key])));
  const head = ['layer', 'operator', 'output', 'weights', 'prunable', 'multiply-adds', 'tensor'];
  const memory = memoryOfIndividual(graph);
  const facts = [
    ['network', shown.title],
    ['input', `${shapeText(graph.inputShape)}, ${whole(sizeOf(graph.inputShape))} features`],
    ['classes', whole(graph.classes)],
    ['genome', `${whole(prunableBits(graph))} bits, ${byteSize(memory.genome)}`],
    [
      'memory per individual',
      `${byteSize(memory.genome)} genome, ${byteSize(memory.maskedWeights)} masked weights, ${byteSize(memory.activations)} activations per sample`,
    ],
    [
      'memory of a population',
      `${whole(population)} individuals, ${byteSize(population * memory.genome)}${rate ? `; evaluator ${byteSize(rate.evaluatorBytes)}` : ''}`,
    ],
    ...(rate ? [['evaluations/s', rateText(rate)]] : []),
  ];
  return `${plainTable([...rows, ['total', '', '', ...totals, '']], head)}\n\n${plainTable(facts)}`;
}

function rateText({ evaluationsPerSecond, samples, measuredSamples }: Rate): string {
  const cores = availableParallelism();
  const part = measuredSamples < samples ? `, measured on ${whole(measuredSamples)}` : '';
  const more = cores > 1 ? `; up to ${amount(cores * evaluationsPerSecond)} on ${cores} cores` : '';
  return `${amount(evaluationsPerSecond)} on one core with ${whole(samples)} samples${part}${more}`;
}
