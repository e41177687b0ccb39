/**
 * Loaded into every Node process of the emulator's tests (NODE_OPTIONS): notes each request to AWS, with the function that
 * made it, as a line of JSON in the file RECORDED_REQUESTS.
 */
import diagnostics from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

const { RECORDED_REQUESTS: file, AWS_LAMBDA_FUNCTION_NAME: by = 'command' } = process.env;

/** Told of what is written to a request; its bodies are small where they matter. */
function watched(request, done) {
  const chunks = [];
  const keep = (chunk) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const { write, end } = request;
  request.write = (chunk, ...rest) => {
    keep(chunk);
    return write.call(request, chunk, ...rest);
  };
  request.end = (chunk, ...rest) => {
    keep(chunk);
    done(Buffer.concat(chunks));
    return end.call(request, chunk, ...rest);
  };
}

if (file !== undefined) {
  diagnostics.subscribe('http.client.request.created', ({ request }) => {
    const signed = () => String(request.getHeader('authorization') ?? '');
    watched(request, (body) => {
      const [, service] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(signed()) ?? [];
      if (service === undefined) return;
      const isData = request.method === 'PUT';
      const line = {
        by,
        service,
        method: request.method,
        path: request.path,
        target: request.getHeader('x-amz-target') ?? null,
        tagged: request.hasHeader('x-amz-tagging'),
        body: isData ? '' : body.toString('utf8'),
      };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    });
  });
}
