/** Turns errors of S3 and the SDK into errors of the store. */
import { S3ServiceException } from '@aws-sdk/client-s3';
import { UnusableOutput } from '../../base/errors.ts';
import { MissingObject, StoreUnavailable } from '../../store/store.ts';

/** Answers that look like the caller's mistake but pass. */
const PASSING = new Set(['RequestTimeout', 'SlowDown', 'TooManyRequestsException', 'OperationAborted']);

/** Errors of the SDK that a user resolves: no credentials, expired ones, no region. */
const UNCONFIGURED = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** HTTP statuses that matter here. */
const MOVED = 301;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;
const REQUEST_TIMEOUT = 408;
const PRECONDITION_FAILED = 412;
const RANGE_NOT_SATISFIABLE = 416;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** The range begins past the object's end. */
export function isBehindEnd(error: unknown): boolean {
  return statusOf(error) === RANGE_NOT_SATISFIABLE;
}

/** The request is not allowed. */
export function isForbidden(error: unknown): boolean {
  return statusOf(error) === FORBIDDEN;
}

/** The object is not the version that was asked for. */
export function isChanged(error: unknown): boolean {
  return statusOf(error) === PRECONDITION_FAILED;
}

/** The error to throw for one that a request for `key` in the store at `uri` ended with, after its last attempt. */
export function storeError(error: unknown, uri: string, key: string): Error {
  if (!(error instanceof Error)) return new StoreUnavailable(uri, error);
  const status = statusOf(error);
  if (error.name === 'NoSuchBucket' || status === MOVED) {
    return new UnusableOutput(`${uri}: there is no such bucket here; check its name and the region`, {
      cause: error,
    });
  }
  if (status === NOT_FOUND) return new MissingObject(uri, key, { cause: error });
  if (status === UNAUTHORIZED || status === FORBIDDEN) {
    return new UnusableOutput(
      `${uri}${key}: access denied (${error.message}); check the credentials and what they may do`,
      { cause: error },
    );
  }
  if (UNCONFIGURED.has(error.name) || /^Region (is missing|not accepted)/.test(error.message)) {
    return new UnusableOutput(`${uri}: the AWS SDK is not configured: ${error.message}`, { cause: error });
  }
  const passing =
    status === undefined ||
    status >= SERVER_ERROR ||
    status === REQUEST_TIMEOUT ||
    status === TOO_MANY_REQUESTS ||
    PASSING.has(error.name);
  // Any other refusal is a mistake of ours: it would be refused again.
  return passing ? new StoreUnavailable(uri + key, error) : error;
}
