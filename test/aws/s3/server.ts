/** An S3 of one's own on loopback: fauxqs in process, behind a proxy that fails on demand. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';

/**
 * What happens to a request: S3 answers 503; the connection drops before the answer, or in the middle of its body (of an
 * answer without one, after the work was done); the body stands still there; or no answer ever comes.
 */
export type Fault = 'unavailable' | 'dropped' | 'cut off' | 'stalled' | 'silent';

export interface S3Server {
  readonly configuration: S3ClientConfig;
  /** Requests so far, as `METHOD /path`. */
  readonly requests: string[];
  /** Decides the fate of each request; undefined lets it through. */
  fault: (request: IncomingMessage) => Fault | undefined | Promise<undefined>;
  createBucket(name: string): void;
  close(): Promise<void>;
}

const UNAVAILABLE = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>`;

export async function startS3(): Promise<S3Server> {
  const backend = await startFauxqs({ port: 0, logger: false });
  const requests: string[] = [];
  const proxy = createServer(async (incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const fault = await server.fault(incoming);
    if (fault === 'dropped') {
      incoming.socket.destroy();
      return;
    }
    if (fault === 'silent') {
      incoming.resume();
      return;
    }
    if (fault === 'unavailable') {
      incoming.resume();
      outgoing.writeHead(503, { 'content-type': 'application/xml' }).end(UNAVAILABLE);
      return;
    }
    forward(incoming, outgoing, backend.port, fault);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
  const server: S3Server = {
    configuration: {
      endpoint: `http://127.0.0.1:${address.port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    requests,
    fault: () => undefined,
    createBucket: (name) => backend.createBucket(name),
    close: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      await backend.stop();
    },
  };
  return server;
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
  fault: Fault | undefined,
): void {
  const { method, url: path, headers } = incoming;
  const inner = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    if (fault === undefined) {
      answer.pipe(outgoing);
      return;
    }
    answer.once('end', () => {
      if (fault === 'cut off') outgoing.destroy();
    });
    answer.once('data', (bytes: Buffer) => {
      answer.destroy();
      outgoing.write(bytes.subarray(0, bytes.length >> 1), () => {
        if (fault === 'cut off') outgoing.destroy();
      });
    });
  });
  inner.on('error', () => outgoing.destroy());
  incoming.pipe(inner);
}
