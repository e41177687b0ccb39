/** The requests that recorder.mjs noted, as the actions that IAM knows them by. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** An action on a resource, as IAM is asked whether it is allowed. */
export interface Action {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

export interface Call extends Action {
  /** The function's name, or 'command': the command line and the tests themselves. */
  readonly by: string;
}

const requestSchema = z.object({
  by: z.string(),
  service: z.string(),
  method: z.string(),
  path: z.string(),
  target: z.string().nullable(),
  tagged: z.boolean(),
  body: z.string(),
});
type Request = z.output<typeof requestSchema>;

export async function readCalls(file: string): Promise<Call[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
  const calls = lines.flatMap((line) => {
    const request = requestSchema.parse(JSON.parse(line));
    return actionsOf(request).map((action) => ({ by: request.by, ...action }));
  });
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
}

/** Throws for a request that it does not know: what is not understood is not tested. */
function actionsOf(request: Request): Action[] {
  if (request.service === 's3') return actionsOnBucket(request);
  if (request.service === 'states') return [actionOfStates(request)];
  if (request.service === 'cloudformation') {
    const form = new URLSearchParams(request.body);
    const resource = `arn:aws:cloudformation:us-east-1:000000000000:stack/${form.get('StackName')}/id`;
    return [{ action: `cloudformation:${form.get('Action')}`, resource }];
  }
  if (request.service === 'lambda' && /^\/2016-08-19\/account-settings\/?$/.test(request.path)) {
    return [{ action: 'lambda:GetAccountSettings', resource: '*' }];
  }
  throw new Error(`a request to another service: ${JSON.stringify(request)}`);
}

function actionsOnBucket({ method, path, tagged, body }: Request): Action[] {
  const { pathname, searchParams } = new URL(path, 'https://s3');
  const [, bucket = '', key = ''] = /^\/([^/]+)\/?(.*)$/s.exec(decodeURIComponent(pathname)) ?? [];
  const on = (name: string) => `arn:aws:s3:::${bucket}/${name}`;
  if (method === 'GET' && key === '') {
    const context = { 's3:prefix': searchParams.get('prefix') ?? '' };
    return [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}`, context }];
  }
  if (method === 'GET' || method === 'HEAD') return [{ action: 's3:GetObject', resource: on(key) }];
  if (method === 'POST' && searchParams.has('delete')) {
    const keys = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name = '']) => name);
    return keys.map((name) => ({ action: 's3:DeleteObject', resource: on(name) }));
  }
  if (method === 'DELETE' && searchParams.has('uploadId')) {
    return [{ action: 's3:AbortMultipartUpload', resource: on(key) }];
  }
  if (method !== 'PUT' && method !== 'POST') throw new Error(`a request to S3: ${method} ${path}`);
  const put = { action: 's3:PutObject', resource: on(key) };
  return tagged ? [put, { action: 's3:PutObjectTagging', resource: on(key) }] : [put];
}

const statesSchema = z.object({
  executionArn: z.string().optional(),
  stateMachineArn: z.string().optional(),
  mapRunArn: z.string().optional(),
});

function actionOfStates({ target, body }: Request): Action {
  const { executionArn, stateMachineArn, mapRunArn } = statesSchema.parse(JSON.parse(body));
  const resource = executionArn ?? stateMachineArn ?? mapRunArn ?? '*';
  return { action: `states:${target?.split('.')[1]}`, resource };
}
