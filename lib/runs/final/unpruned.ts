/** The scores of a network whose weights were given, before anything of it was pruned. */
import { TicketSession } from '../../evaluation/ticket.ts';
import { buildTicketModel } from '../../network/models/ticket-model.ts';
import type { Unpruned } from '../../report/summary.ts';
import { isDrawn } from '../../runspec/network.ts';
import { fullGenome } from '../../search/genome.ts';
import type { Inputs } from '../inputs.ts';
import type { Run } from '../run.ts';
import { scoreKnown, scoreTest } from './ticket.ts';

/** Undefined where weights were drawn: such a network says nothing before it is pruned. */
export async function unprunedOf({ spec, manifest }: Run, inputs: Inputs): Promise<Unpruned | undefined> {
  if (isDrawn(spec.network)) return undefined;
  const { bits, scaling } = manifest;
  const model = buildTicketModel(inputs.network, fullGenome(bits), scaling);
  await using session = await TicketSession.open(model);
  const { train } = await scoreKnown(session, { ...inputs, validation: undefined });
  const test = await scoreTest(session, inputs);
  return {
    trainAccuracy: train.accuracy,
    testAccuracy: test.accuracy,
    trainLoss: train.loss,
    testLoss: test.loss,
  };
}
