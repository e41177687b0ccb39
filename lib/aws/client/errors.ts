/** Errors of AWS as one line that says what to do. */
import { z } from 'zod';
import { parsedIfSound } from '../../base/artifact-json.ts';
import { UnusableOutput, UserError } from '../../base/errors.ts';
import { REFUSALS } from '../../workflow/states.ts';

/** Common parts of the SDK's errors, whatever the service. */
interface AwsError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: unknown;
  readonly code?: unknown;
}

/** Errors that executions end with and that users must resolve. */
export const USER_ERRORS = new Set<string>(REFUSALS);

const CREDENTIALS_MISSING = new Set(['CredentialsProviderError', 'TokenProviderError']);
const CREDENTIALS_REFUSED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const ACCESS_DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'Forbidden',
  'KMS.AccessDeniedException',
]);
const CONNECTION = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
]);
const THROTTLING = new Set([
  'RequestTimeout',
  'RequestTimeoutException',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
]);

const answeredSchema = z.object({ errorMessage: z.string() });

/** Whether trying again later may help: the connection broke, or the service is busy or ill. */
export function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  // An error that crossed threads has its name alone.
  if (thrown.name === 'StoreUnavailable') return true;
  const error: AwsError = thrown;
  // A pipe on this computer.
  if (error.code === 'EPIPE' && error.$metadata === undefined) return false;
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (status >= 500 || status === 429 || status === 408) return true;
  if (THROTTLING.has(error.name) || error.$retryable !== undefined) return true;
  if (CONNECTION.has(String(error.code)) || CONNECTION.has(error.name)) return true;
  return /socket hang up|premature close/i.test(error.message);
}

/** The error to show for one that AWS or its SDK threw; others as they are. */
export function explained(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  // A store says what a search should hear; a command for the cloud says what its user should do.
  if (thrown.name === 'StoreUnavailable' || thrown instanceof UnusableOutput) {
    const told = explained(thrown.cause);
    if (told instanceof UserError) return told;
  }
  if (thrown instanceof UserError) return thrown;
  const say = (text: string) => new UserError(text, { cause: thrown });
  const { name, message } = thrown;
  // The machine's cause is a function's answer, as JSON.
  const words = parsedIfSound(message, answeredSchema)?.errorMessage ?? message;
  const what = words.replace(/\s+/g, ' ').trim();
  if (CREDENTIALS_MISSING.has(name)) {
    return say(`no AWS credentials: ${what}; run 'aws configure' or 'aws sso login', or set AWS_PROFILE`);
  }
  if (/region is missing|region=""/i.test(message)) {
    return say("no AWS region: set AWS_REGION, choose one with --region, or run 'aws configure'");
  }
  if (/^region not accepted/i.test(message)) {
    return say(`there is no such AWS region: ${what} Set AWS_REGION, or --region, to one such as eu-west-1`);
  }
  if (CREDENTIALS_REFUSED.has(name)) {
    return say(`the AWS credentials are refused: ${what}; they may have expired: run 'aws sso login'`);
  }
  if (ACCESS_DENIED.has(name)) return say(`access denied: ${what}`);
  if (name === 'NoSuchBucket') return say('there is no such bucket; was the stack deleted?');
  if (isPassing(thrown))
    return say(`AWS cannot be reached: ${what || name}; check the network and try again`);
  return thrown;
}
