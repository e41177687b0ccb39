/** How many Lambda functions an account runs at a time. */
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';

/**
 * Those that no function has reserved for itself; undefined where AWS does not say, or may not be asked. All that the
 * answer is for is to go no wider than is of use: nothing waits long for it, and nothing fails without it.
 */
export async function accountConcurrency(): Promise<number | undefined> {
  const client = new LambdaClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
  try {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    return AccountLimit?.UnreservedConcurrentExecutions;
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
