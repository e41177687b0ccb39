/** A ticket at work in onnxruntime, for as long as it is needed. */
import { UserError } from '../../base/errors.ts';
import { TicketSession } from '../../evaluation/ticket.ts';
import type { OpenedTicket } from './target.ts';

/** Throws UserError for a model that onnxruntime cannot run. */
export async function withSession<Result>(
  { model, name, kept }: OpenedTicket,
  use: (session: TicketSession) => Promise<Result>,
): Promise<Result> {
  try {
    await using session = await TicketSession.open(model, kept);
    return await use(session);
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new UserError(`${name}: onnxruntime cannot run it, so it is damaged or not a ticket: ${reason}`, {
      cause,
    });
  }
}
