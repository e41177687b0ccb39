/** What training goes on from: parameters and optimiser, the best result so far, and the rows of all epochs, as bytes. */

import { DamagedArtifact } from '../base/errors.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type Tensors,
  tensorNamed,
} from '../data/safetensors.ts';
import { EPOCH_COLUMNS, type EpochRow } from '../training/epoch-row.ts';
import type { Vectors } from '../training/epoch-session.ts';
import type { TrainingProgress } from '../training/trainer.ts';

const STATE = 'state.';
const BEST = 'best.';

/** Tensors `state.*` and `best.*` float32; `best` uint32 [1], the row it is of; `epochs` float64 [rows, columns]. */
export function encodeCheckpoint({ rows, state, best }: TrainingProgress): Uint8Array {
  const entries: [string, Tensor][] = [
    ...vectors(STATE, state),
    ...vectors(BEST, best?.result ?? {}),
    ['best', { shape: [1], data: Uint32Array.of(best?.row ?? 0) }],
    [
      'epochs',
      {
        shape: [rows.length, EPOCH_COLUMNS.length],
        // NaN where nothing was measured.
        data: Float64Array.from(
          rows.flatMap((row) => EPOCH_COLUMNS.map((column) => row[column] ?? Number.NaN)),
        ),
      },
    ],
  ];
  return encodeSafetensors(Object.fromEntries(entries));
}

function vectors(prefix: string, named: Vectors): [string, Tensor][] {
  return Object.entries(named).map(([name, data]) => [`${prefix}${name}`, { shape: [data.length], data }]);
}

export function decodeCheckpoint(bytes: Uint8Array, name: string): TrainingProgress {
  const tensors = decodeSafetensors(bytes, name);
  const { shape, data } = tensorNamed(tensors, 'epochs', 'F64', name);
  const [count = 0, columns] = shape;
  if (columns !== EPOCH_COLUMNS.length) {
    throw new DamagedArtifact(`${name}: damaged: not what a run of this version writes`);
  }
  const row = tensorNamed(tensors, 'best', 'U32', name).data[0] ?? 0;
  return {
    rows: Array.from({ length: count }, (_, index) =>
      rowOf(data.subarray(index * columns, (index + 1) * columns)),
    ),
    state: vectorsOf(tensors, STATE, name),
    best: { row, result: vectorsOf(tensors, BEST, name) },
  };
}

function vectorsOf(tensors: Tensors, prefix: string, source: string): Vectors {
  const names = [...tensors.keys()].filter((name) => name.startsWith(prefix));
  return Object.fromEntries(
    names.map((name) => [name.slice(prefix.length), tensorNamed(tensors, name, 'F32', source).data]),
  );
}

function rowOf(values: Float64Array): EpochRow {
  const at = (column: (typeof EPOCH_COLUMNS)[number]) => values[EPOCH_COLUMNS.indexOf(column)] ?? Number.NaN;
  const measured = (value: number) => (Number.isNaN(value) ? null : value);
  return {
    epoch: at('epoch'),
    keep: at('keep'),
    learningRate: at('learningRate'),
    trainAccuracy: at('trainAccuracy'),
    trainLoss: at('trainLoss'),
    validationAccuracy: measured(at('validationAccuracy')),
    validationLoss: measured(at('validationLoss')),
    sparsity: at('sparsity'),
  };
}
