/** Models that users name. */
import { UserError } from '../base/errors.ts';
import { UnusableModel } from '../network/unusable-model.ts';

/** What is made of a model. Throws UserError for one that cannot be used. */
export async function usableModel<Made>(make: () => Made | Promise<Made>): Promise<Made> {
  try {
    return await make();
  } catch (cause) {
    if (cause instanceof UnusableModel) throw new UserError(cause.message, { cause });
    throw cause;
  }
}
