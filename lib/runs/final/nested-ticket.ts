/** ticket.nested.onnx: tickets of all sparsities in one file, and the scores of some of them. */

import { algorithmNamed } from '../../algorithms/registry.ts';
import { csvText } from '../../base/csv.ts';
import { TicketSession } from '../../evaluation/ticket.ts';
import { buildNestedModel } from '../../network/models/ticket-model.ts';
import type { AnyNetwork } from '../../network/network.ts';
import type { NestedRow } from '../../report/summary.ts';
import type { RunSpec } from '../../runspec/schema.ts';
import { keptAt, type NestedOrder } from '../../search/nested-order.ts';
import * as keys from '../../store/keys.ts';
import type { Inputs } from '../inputs.ts';
import type { Run } from '../run.ts';
import { scoreKnown, scoreTest } from './ticket.ts';

/** Kept shares that are scored, as far as the order reaches; beside those that the spec names. */
const SHARES = [
  ...Array.from({ length: 20 }, (_, step) => (20 - step) / 20),
  ...[0.04, 0.03, 0.02, 0.01],
] as const;

/** Kept shares that the spec names, where the algorithm heeds them. */
function sharesOf({ algorithm, nested }: RunSpec): readonly number[] {
  return algorithmNamed(algorithm).heeds.includes('nested') ? nested.shares : [];
}

interface NestedTicket {
  /** Densest first. */
  readonly rows: NestedRow[];
  readonly files: Readonly<Record<string, Uint8Array | string>>;
}

/** The test data have no say in the order: they are scored here once, share by share. */
export async function nestedTicket(
  { spec, manifest: { bits, scaling } }: Run,
  network: AnyNetwork,
  order: NestedOrder,
  metadata: Readonly<Record<string, string>>,
  inputs: Inputs,
): Promise<NestedTicket> {
  const model = buildNestedModel(network, order, scaling, metadata);
  await using session = await TicketSession.open(model);
  const densest = order.bits.length / bits;
  const named = sharesOf(spec);
  const wanted = new Set([...SHARES.filter((share) => share <= densest), ...named]);
  if (named.every((share) => share < densest)) wanted.add(densest);
  const shares = [...wanted].filter((share) => share * bits >= 1).sort((a, b) => b - a);
  const rows: NestedRow[] = [];
  for (const keptShare of shares) {
    const one = session.keeping(keptShare);
    const { train, validation } = await scoreKnown(one, inputs);
    const test = await scoreTest(one, inputs);
    const keptWeights = keptAt(keptShare, { weights: bits, ranked: order.bits.length, pauses: order.pauses });
    rows.push({
      keptShare,
      keptWeights,
      sparsity: 1 - keptWeights / bits,
      trainAccuracy: train.accuracy,
      validationAccuracy: validation?.accuracy ?? null,
      testAccuracy: test.accuracy,
      trainLoss: train.loss,
      testLoss: test.loss,
    });
  }
  const table = csvText(
    COLUMNS,
    rows.map((row) => COLUMNS.map((column) => row[column] ?? undefined)),
  );
  return { rows, files: { [keys.TICKET_NESTED]: model, [keys.NESTED]: table } };
}

const COLUMNS = [
  'keptShare',
  'keptWeights',
  'sparsity',
  'trainAccuracy',
  'validationAccuracy',
  'testAccuracy',
  'trainLoss',
  'testLoss',
] as const;
