/** AWS as far as the commands need it: S3 by fauxqs, Step Functions and CloudFormation by a small server of answers. */
import { createServer, type IncomingMessage } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { text } from 'node:stream/consumers';
import { startFauxqs } from 'fauxqs';

export const BUCKET = 'tombola-runs';
export const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:Search';
export const executionOf = (name: string) => `arn:aws:states:us-east-1:123456789012:execution:Search:${name}`;

/** Answers a Step Functions action; throws AwsRefusal for an error. */
type Answers = Readonly<Record<string, (input: Record<string, unknown>) => object>>;

/** Nothing else is at work. */
const UNLESS_TOLD: Answers = { ListExecutions: () => ({ executions: [] }) };

export class AwsRefusal extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export interface FakeAws {
  /** Step Functions' answers by action, e.g. DescribeExecution. */
  answers: Answers;
  /** The stack's status and outputs by name. */
  stacks: Record<string, Record<string, string>>;
  /** Lambda functions that the account runs at a time. */
  concurrency: number;
  /** Actions of Step Functions that were asked for. */
  readonly asked: { readonly action: string; readonly input: Record<string, unknown> }[];
  put(key: string, body: Uint8Array | string): Promise<void>;
  /** Breaks every connection to S3 and Step Functions, and all new ones until `mend`. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
}

/** Starts all of it, and points the SDK's environment variables at it. */
export async function fakeAws(): Promise<FakeAws> {
  const s3 = await startFauxqs({ port: 0, logger: false });
  s3.createBucket(BUCKET);
  const asked: { action: string; input: Record<string, unknown> }[] = [];
  const aws: Pick<FakeAws, 'answers' | 'stacks' | 'concurrency'> = {
    answers: {},
    concurrency: 1_000,
    stacks: { Tombola: { BucketName: BUCKET, StateMachineArn: MACHINE } },
  };
  const services = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url?.startsWith('/2016-08-19/account-settings')) {
      const AccountLimit = { ConcurrentExecutions: 9_999, UnreservedConcurrentExecutions: aws.concurrency };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ AccountLimit }));
      return;
    }
    const { status, type, content } = request.headers['x-amz-target']
      ? stepFunctions(request, body, aws.answers, asked)
      : cloudFormation(new URLSearchParams(body), aws.stacks);
    response.writeHead(status, { 'content-type': type }).end(content);
  });
  await listening(services);
  const proxies = [breakable(s3.port), breakable(portOf(services))];
  await Promise.all(proxies.map(({ server }) => listening(server)));
  const [s3Url, servicesUrl] = proxies.map(({ server }) => `http://127.0.0.1:${portOf(server)}`);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: s3Url,
    AWS_ENDPOINT_URL_SFN: servicesUrl,
    AWS_ENDPOINT_URL_LAMBDA: servicesUrl,
    AWS_ENDPOINT_URL_CLOUDFORMATION: servicesUrl,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  return Object.assign(aws, {
    asked,
    put: async (key: string, body: Uint8Array | string) => {
      await fetch(`http://127.0.0.1:${s3.port}/${BUCKET}/${key}`, {
        method: 'PUT',
        body: typeof body === 'string' ? body : Uint8Array.from(body),
      });
    },
    cut: () => {
      for (const proxy of proxies) proxy.cut();
    },
    mend: () => {
      for (const proxy of proxies) proxy.mend();
    },
    stop: async () => {
      for (const proxy of proxies) {
        proxy.cut();
        proxy.server.close();
      }
      services.closeAllConnections();
      services.close();
      await s3.stop();
    },
  });
}

function stepFunctions(request: IncomingMessage, body: string, answers: Answers, asked: FakeAws['asked']) {
  const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  const input: Record<string, unknown> = JSON.parse(body);
  asked.push({ action, input });
  const type = 'application/x-amz-json-1.0';
  try {
    const answer = answers[action] ?? UNLESS_TOLD[action];
    if (!answer) throw new AwsRefusal('UnknownOperationException', action);
    return { status: 200, type, content: JSON.stringify(answer(input)) };
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    const content = JSON.stringify({ __type: error.type, message: error.message });
    return { status: 400, type, content };
  }
}

function cloudFormation(query: URLSearchParams, stacks: FakeAws['stacks']) {
  const type = 'text/xml';
  const name = query.get('StackName') ?? '';
  const outputs = stacks[name];
  if (!outputs) {
    const error = `<Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message>`;
    return { status: 400, type, content: `<ErrorResponse><Error>${error}</Error></ErrorResponse>` };
  }
  const members = Object.entries(outputs)
    .map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    )
    .join('');
  const stack = `<StackName>${name}</StackName><CreationTime>2026-11-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members}</Outputs>`;
  const result = `<DescribeStacksResult><Stacks><member>${stack}</member></Stacks></DescribeStacksResult>`;
  return { status: 200, type, content: `<DescribeStacksResponse>${result}</DescribeStacksResponse>` };
}

/** A server that passes everything on to `port`, until it is cut. */
function breakable(port: number): { readonly server: Server; cut(): void; mend(): void } {
  const sockets = new Set<Socket>();
  let broken = false;
  const server = createTcpServer((socket) => {
    if (broken) {
      socket.destroy();
      return;
    }
    const onward = connect(port, '127.0.0.1');
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        socket.destroy();
        onward.destroy();
      });
    }
    socket.pipe(onward).pipe(socket);
  });
  return {
    server,
    cut: () => {
      broken = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    mend: () => {
      broken = false;
    },
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server is not listening');
  return address.port;
}
