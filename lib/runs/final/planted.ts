/** How near a run came to the ticket that was planted in its network. */
import { at } from '../../base/at.ts';
import { TicketSession } from '../../evaluation/ticket.ts';
import { buildTicketModel } from '../../network/models/ticket-model.ts';
import type { PlantedFigures } from '../../report/summary.ts';
import { countOnes } from '../../search/genome.ts';
import * as keys from '../../store/keys.ts';
import type { Inputs } from '../inputs.ts';
import { decodeTicket, verified } from '../networks.ts';
import type { Run } from '../run.ts';
import { scoreKnown, scoreTest } from './ticket.ts';

/** Undefined where none was planted. Throws DamagedArtifact. */
export async function plantedFigures(
  run: Run,
  inputs: Inputs,
  ticket: Uint8Array,
): Promise<PlantedFigures | undefined> {
  const { checksums, scaling } = run.manifest;
  if (checksums[keys.PLANTED] === undefined) return undefined;
  const planted = decodeTicket(await verified(run)(keys.PLANTED), inputs.network, keys.PLANTED);
  await using session = await TicketSession.open(buildTicketModel(inputs.network, planted, scaling));
  const { train } = await scoreKnown(session, { ...inputs, validation: undefined });
  const test = await scoreTest(session, inputs);
  return {
    keptWeights: countOnes(planted),
    trainAccuracy: train.accuracy,
    testAccuracy: test.accuracy,
    shared: countOnes(planted.map((byte, index) => byte & at(ticket, index))),
  };
}
