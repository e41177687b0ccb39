/** What the sections of the training algorithms refuse: one clear line each. */
import { describe, expect, test } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';

const popup = (edgePopup: object, rest: object = {}) => ({ algorithm: 'edge-popup', edgePopup, ...rest });
const backprop = (section: object, rest: object = {}) => ({
  algorithm: 'backprop',
  backprop: section,
  ...rest,
});
const points = (train: number) => ({ task: { dataset: 'moons', train } });

describe('a spec is refused:', () => {
  test.each([
    ['less than nothing kept', popup({ keep: [-0.1] }), 'edgePopup.keep[0]: found -0.1, expected at least 0'],
    [
      'more kept than there is',
      popup({ keep: [0.5, 1.5] }),
      'edgePopup.keep[1]: found 1.5, expected at most 1',
    ],
    ['no share at all', popup({ keep: [] }), 'edgePopup.keep: found [], expected at least 1 entry'],
    [
      'more rounds than epochs',
      popup({ epochs: 4, rounds: 5 }),
      'edgePopup.rounds: found 5, expected at most as many as edgePopup.epochs, 4',
    ],
    [
      'phases without epochs',
      { algorithm: 'ac-dc', acDc: { epochs: 19 } },
      'acDc.epochs: found 19, expected at least 20, one for each phase',
    ],
    [
      'pruning without training',
      { algorithm: 'magnitude-pruning', magnitudePruning: { epochs: 5 } },
      'magnitudePruning.rounds: found 5, expected less than magnitudePruning.epochs, 5',
    ],
    [
      'closing never',
      { algorithm: 'gem-miner', gemMiner: { epochs: 4 } },
      'gemMiner.every: found 5, expected at most as many as gemMiner.epochs, 4',
    ],
    [
      'ranks that have no time to fall',
      { algorithm: 'low-rank', lowRank: { epochs: 1, tolerance: 0.2 } },
      'lowRank.tolerance: found 0.2 with lowRank.epochs 1, expected 2 epochs or more: ranks fall in the first half of them; set epochs to 2 or more, or tolerance to null',
    ],
    [
      'factors beside biases',
      { algorithm: 'supermask', supermask: { rescale: true } },
      'supermask.rescale: found true with network.initializer "uniform", whose biases are not 0; choose another initializer, or false',
    ],
    [
      'factors beside the biases of a planted ticket',
      {
        algorithm: 'supermask',
        network: { layers: [2, 8, 2], initializer: 'kaiming-normal', planted: true },
        supermask: { rescale: true },
      },
      'supermask.rescale: found true with network.planted, whose ticket has biases that are not 0; leave one of the two out',
    ],
    ['one share, no list', popup({ keep: 0.5 }), 'edgePopup.keep: found 0.5, expected a list in brackets'],
    [
      'several shares and nothing to choose by',
      popup({ keep: [0.5, 0.3] }),
      'edgePopup.keep: found [0.5,0.3] and edgePopup.validationShare 0: the best of several shares is chosen on validation data; set validationShare, such as 0.1, or keep one share',
    ],
    [
      'a share twice',
      popup({ keep: [0.5, 0.5], validationShare: 0.1 }),
      'edgePopup.keep: found [0.5,0.5], expected each share once',
    ],
    ['no epoch', popup({ epochs: 0 }), 'edgePopup.epochs: found 0, expected at least 1'],
    ['no batch', backprop({ batchSize: 0 }), 'backprop.batchSize: found 0, expected at least 1'],
    ['no step', popup({ learningRate: 0 }), 'edgePopup.learningRate: found 0, expected more than 0'],
    ['all momentum', popup({ momentum: 1 }), 'edgePopup.momentum: found 1, expected less than 1'],
    ['no patience', backprop({ patience: 0 }), 'backprop.patience: found 0, expected at least 1'],
    [
      'an unknown schedule',
      popup({ schedule: 'linear' }),
      'edgePopup.schedule: found "linear", expected "cosine" or "constant"',
    ],
    [
      'all data held out',
      backprop({ validationShare: 1 }),
      'backprop.validationShare: found 1, expected less than 1',
    ],
    [
      'too few points to hold any out',
      backprop({ validationShare: 0.1 }, points(8)),
      "backprop.validationShare: found 0.1, which leaves none of the 4 training samples of class '0' to validate on; choose 0 or another share",
    ],
    [
      'a class that is held out completely',
      popup({ validationShare: 0.9 }, points(8)),
      "edgePopup.validationShare: found 0.9, which leaves none of the 4 training samples of class '0' to train on; choose 0 or another share",
    ],
    [
      'a key of the other algorithm',
      backprop({ momentum: 0.9 }),
      'backprop.momentum: unknown key; known keys: epochs, batchSize, learningRate, baseLayers, beta1, beta2, epsilon, shuffle, validationShare, patience',
    ],
    [
      'a share of weights that is none',
      { network: { keptShare: 0 } },
      'network.keptShare: found 0, expected more than 0',
    ],
  ])('%s', (_, spec, message) => {
    expect(() => parseSpec(spec)).toThrow(new InvalidSpec([message]));
  });
});
