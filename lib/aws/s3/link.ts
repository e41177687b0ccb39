/** Links to objects that a browser can open: signed by whoever makes them, for some time. */
import { S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { parseS3Uri } from './uri.ts';

/**
 * The link to an object for so many seconds; of temporary credentials, such as a role's, no longer than they last.
 * Nothing is asked of AWS: neither whether the object is there nor whether it may be read. `region`: of the bucket, if
 * not that of the configuration.
 */
export async function linkTo(uri: string, seconds: number, region?: string): Promise<string> {
  const place = parseS3Uri(uri);
  if (!place) throw new TypeError(`${uri}: is not an object in S3`);
  const emulator = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  const { config } = new S3Client(region === undefined ? {} : { region });
  const Region = await config.region();
  const { url } = config.endpointProvider({
    Bucket: place.bucket,
    Region,
    ForcePathStyle: emulator !== undefined,
    ...(emulator === undefined ? {} : { Endpoint: emulator }),
  });
  const path = `${url.pathname.replace(/\/$/, '')}/${place.key.split('/').map(encodeURIComponent).join('/')}`;
  const { credentials, sha256, systemClockOffset } = config;
  const signer = new SignatureV4({
    ...{ service: 's3', region: Region, credentials, sha256, systemClockOffset, uriEscapePath: false },
  });
  const headers = { host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const { protocol, hostname } = url;
  const request = { method: 'GET', protocol, hostname, path, query: {}, headers };
  const { query = {} } = await signer.presign(request, { expiresIn: seconds });
  const link = new URL(path, url.origin);
  for (const [name, value] of Object.entries(query)) link.searchParams.set(name, String(value));
  return link.href;
}
