/** The convolutional networks: their shapes and weights, and what they are refused for. */
import { describe, expect, test } from 'vitest';
import { CONVNET_NAMES, convnet } from '../../lib/network/convnets.ts';
import { INITIALIZER_NAMES, redraw } from '../../lib/network/initializer.ts';
import { sizeOfGraph } from '../../lib/network/network.ts';
import { encodeGraph } from '../../lib/network/onnx/graph-encoder.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';

const SHAPES = [
  ['conv-small', [1, 8, 8], [72, 1152, 640]],
  ['lenet-5', [1, 28, 28], [150, 2400, 48000, 10080, 840]],
  ['lenet-5-caffe', [1, 28, 28], [500, 25_000, 400_000, 5_000]],
  ['lenet-5', [3, 32, 32], [450, 2400, 48000, 10080, 840]],
  // Ramanujan et al. 2020, table 1: 4.3, 2.4 and 2.3 million.
  ['conv-2', [3, 32, 32], [1728, 36864, 4194304, 65536, 2560]],
  ['conv-4', [3, 32, 32], [1728, 36864, 73728, 147456, 2097152, 65536, 2560]],
  ['conv-6', [3, 32, 32], [1728, 36864, 73728, 147456, 294912, 589824, 1048576, 65536, 2560]],
] as const;

describe.each(SHAPES)('%s for images of %j', (name, image, weights) => {
  const graph = convnet(name, image, 10);

  test('has the layers that it is known for', () => {
    expect(graph.prunable.map(({ size }) => size)).toEqual(weights);
    expect(graph.classes).toBe(10);
    expect(graph.inputShape).toEqual(image);
    expect(sizeOfGraph(graph).weights).toBe(weights.reduce<number>((sum, size) => sum + size, 0));
  });

  test('has biases where its authors have them', () => {
    const biased = graph.prunable.every(({ bias }) => bias !== undefined);
    const none = graph.prunable.every(({ bias }) => bias === undefined);
    expect([biased, none]).toEqual(
      name.startsWith('conv-') && name !== 'conv-small' ? [false, true] : [true, false],
    );
  });
});

test('every one takes images of its size, and is written and read back', () => {
  for (const name of CONVNET_NAMES) {
    const graph = redraw(convnet(name, [2, 16, 17], 3), 'signed-kaiming-constant', 4, 0.5);
    expect(readGraph(encodeGraph(graph), name)).toEqual(graph);
  }
});

test.each([
  ['lenet-5', [1, 8, 8]],
  ['conv-6', [3, 7, 32]],
  ['conv-4', [1, 3, 3]],
  ['conv-small', [1, 3, 9]],
] as const)('%s is not for images of %j', (name, image) => {
  expect(() => convnet(name, image, 10)).toThrow(
    `${name}: images of [${image.join(', ')}] are too small for it: nothing is left of them after`,
  );
});

describe('weights drawn anew', () => {
  const plain = convnet('lenet-5', [1, 28, 28], 10);

  test.each(INITIALIZER_NAMES)('by %s have the deviation of their fans', (name) => {
    const graph = redraw(plain, name, 3, 0.5);
    for (const { name: tensor, fanIn, fanOut, bias = '' } of graph.prunable) {
      const { data = new Float32Array() } = graph.constants.get(tensor) ?? {};
      const variance = data.reduce((sum, value) => sum + value * value, 0) / data.length;
      const wanted = {
        uniform: 1 / 3,
        'kaiming-normal': 2 / fanIn,
        'signed-kaiming-constant': 2 / (0.5 * fanIn),
        xavier: 2 / (fanIn + fanOut),
        'architecture-aware': tensor.startsWith('fc3') ? (2 / (0.5 * fanIn)) ** 2 : 2 / (0.5 * fanIn),
      }[name];
      expect(Math.abs(variance / wanted - 1)).toBeLessThan(5 / Math.sqrt(data.length));
      const biases = graph.constants.get(bias)?.data ?? [];
      expect(biases.some((value) => value !== 0)).toBe(name === 'uniform');
    }
  });

  test('depend on the seed alone, and leave all others as they were', () => {
    expect(redraw(plain, 'uniform', 3)).toEqual(redraw(plain, 'uniform', 3));
    expect(redraw(plain, 'uniform', 3)).not.toEqual(redraw(plain, 'uniform', 4));
    const kept = readGraph(encodeGraph(redraw(plain, 'uniform', 1)), 'x', { include: ['fc*'] });
    const drawn = redraw(kept, 'xavier', 2);
    expect(drawn.constants.get('conv1.weight')).toEqual(kept.constants.get('conv1.weight'));
    expect(drawn.constants.get('fc1.weight')).not.toEqual(kept.constants.get('fc1.weight'));
  });
});
