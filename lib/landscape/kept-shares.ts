/** How often each weight is kept, across a population or across the tickets of several runs. */
import { range } from 'd3-array';
import { at } from '../base/at.ts';
import { type Wiring, weightMatrices } from '../network/weight-matrices.ts';
import { getBit } from '../search/genome.ts';
import type { KeptWeights } from './schema.ts';

/** Rows and columns of a layer, at most: beyond them cells are too small to be seen. */
const MOST_CELLS = 128;
/** Bits that are read at most; of more masks than that allows, evenly spaced ones are. */
const MOST_BITS_READ = 200_000_000;

/** Layer by layer; of a filter the weights of all its channels are a row. Of a multilayer perceptron the widths suffice. */
export function keptWeights(network: Wiring, genomes: readonly Uint8Array[]): KeptWeights {
  const layers = weightMatrices(network);
  const bits = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  const counted = Math.min(genomes.length, Math.max(1, Math.floor(MOST_BITS_READ / bits)));
  const chosen = range(counted).map((index) => at(genomes, Math.floor((index * genomes.length) / counted)));
  return {
    masks: counted,
    layers: layers.map(({ name, op, inputs, outputs, offset, outputStride, inputStride }) => {
      const rows = Math.min(outputs, MOST_CELLS);
      const columns = Math.min(inputs, MOST_CELLS);
      const kept = new Float64Array(rows * columns);
      const weights = new Float64Array(rows * columns);
      for (let output = 0; output < outputs; output++) {
        const row = Math.floor((output * rows) / outputs);
        for (let input = 0; input < inputs; input++) {
          const cell = row * columns + Math.floor((input * columns) / inputs);
          const bit = offset + output * outputStride + input * inputStride;
          let count = 0;
          for (const genome of chosen) count += getBit(genome, bit);
          kept[cell] = (kept[cell] ?? 0) + count;
          weights[cell] = (weights[cell] ?? 0) + counted;
        }
      }
      const share = Array.from(kept, (count, cell) => count / (weights[cell] ?? 1));
      return { name, ...('nodes' in network ? { op } : {}), inputs, outputs, rows, columns, share };
    }),
  };
}
