/**
 * AWS on loopback: the PyPI package `ministack`, in a virtual environment of the project's own. To whatever runs with
 * its `env` it is AWS: only the endpoint, its certificate, the credentials and the region are set. It enforces IAM, and
 * answers over TLS, since the bucket's policy refuses anything else.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VENV = join(ROOT, '.venv');
const SCRIPTS = join(VENV, process.platform === 'win32' ? 'Scripts' : 'bin');
/** Simulates IAM. Under the AGPL, so it is no part of the project: a tool of its own, called as a process. */
const SIMULATOR = '@cloud-copilot/iam-simulate@0.1.173';
/** Where it is installed. */
export const SIMULATOR_FOLDER = join(VENV, 'simulator');
const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const PYTHON = process.env.PYTHON ?? (process.platform === 'win32' ? 'python' : 'python3');
/** Notes what a Node process asks of AWS. */
export const RECORDER = new URL('recorder.mjs', import.meta.url).href;
const READY_WITHIN = 60_000;

export interface Emulator {
  /** The environment of processes that shall see it in the place of AWS. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder that goes with it. */
  readonly folder: string;
  /** Runs a script of Python with it in the place of AWS; gives its output. */
  python(script: string, ...args: string[]): Promise<string>;
  /** What the functions and the command line asked of AWS: see recorded.ts. */
  readonly requests: string;
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Installs what requirements.txt names, and the simulator, once. Throws an error that says what is missing. */
async function install(): Promise<void> {
  const mark = join(VENV, 'installed');
  const wanted = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .update(SIMULATOR)
    .digest('hex');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === wanted) return;
  try {
    await run(PYTHON, ['-c', 'import sys; assert sys.version_info >= (3, 10)']);
  } catch (cause) {
    throw new Error(
      `test:cloud needs Python 3.10 or newer as '${PYTHON}' (or name it with PYTHON=…): the AWS emulator is a Python package`,
      { cause },
    );
  }
  try {
    await run(PYTHON, ['-m', 'venv', '--clear', VENV]);
  } catch (cause) {
    throw new Error(
      `test:cloud could not make a virtual environment with '${PYTHON} -m venv' (Debian and Ubuntu: install python3-venv)`,
      { cause },
    );
  }
  try {
    const pip = join(SCRIPTS, 'pip');
    await run(pip, ['install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS]);
  } catch (cause) {
    throw new Error(
      `test:cloud could not install the AWS emulator from PyPI: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
  try {
    const npm = [
      'install',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--prefix',
      SIMULATOR_FOLDER,
      SIMULATOR,
    ];
    await run('npm', npm, { shell: process.platform === 'win32' });
  } catch (cause) {
    throw new Error(
      `test:cloud could not install the simulator of IAM from npm: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
  await writeFile(mark, wanted);
}

/** Runs a tool of the virtual environment; gives its output. Throws an error with what it said. */
export async function tool(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<string> {
  // An empty name of a profile is no profile to Python.
  const set = Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== '');
  const running = run(join(SCRIPTS, name), [...args], { cwd: ROOT, env: Object.fromEntries(set) });
  running.child.stdin?.end(input);
  const { stdout } = await running;
  return stdout;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}

/** Starts it afresh: it remembers nothing of earlier times. */
export async function startEmulator(): Promise<Emulator> {
  await install();
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'tombola-cloud-'));
  const logFile = join(folder, 'emulator.log');
  const log = await open(logFile, 'w');
  const certificate = join(folder, 'ministack-tls', 'server.crt');
  // For Node and for the CDK; the computer may have others set.
  const trust = { NODE_EXTRA_CA_CERTS: certificate, AWS_CA_BUNDLE: certificate };
  const requests = join(folder, 'requests.jsonl');
  await writeFile(requests, '');
  const recording = { RECORDED_REQUESTS: requests, NODE_OPTIONS: `--import=${RECORDER}` };
  // It runs functions with whatever `node` comes first: the project's, as in the nodejs24.x runtime.
  const PATH = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(join(SCRIPTS, 'ministack'), {
    // A group of its own, so that the functions' processes end with it.
    detached: process.platform !== 'win32',
    stdio: ['ignore', log.fd, log.fd],
    env: {
      ...process.env,
      PATH,
      TMPDIR: folder,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      AUTH: 'true',
      // What its functions ask of AWS is noted: recorder.mjs.
      ...recording,
      ...trust,
      USE_SSL: '1',
    },
  });
  await log.close();
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const endpoint = `https://127.0.0.1:${port}`;
  try {
    await ready(child, endpoint, certificate);
  } catch (cause) {
    const said = await readFile(logFile, 'utf8');
    await stop();
    throw new Error(`the AWS emulator did not start:\n${said}`, { cause });
  }
  const nothing = join(folder, 'no-aws-configuration');
  const env = {
    PATH,
    AWS_ENDPOINT_URL: endpoint,
    ...trust,
    ...recording,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    // Whoever runs this may be signed in to the real AWS.
    AWS_CONFIG_FILE: nothing,
    AWS_SHARED_CREDENTIALS_FILE: nothing,
    AWS_PROFILE: '',
    AWS_SESSION_TOKEN: '',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return {
    env,
    folder,
    requests,
    python: (script, ...args) => tool('python', ['-c', script, ...args], env),
    log: () => readFile(logFile, 'utf8'),
    stop,
  };
}

async function ready(child: ChildProcess, endpoint: string, certificate: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN;
  for (let trusted = false; ; ) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    if (!trusted && existsSync(certificate)) {
      setDefaultCACertificates([...getCACertificates(), await readFile(certificate, 'utf8')]);
      trusted = true;
    }
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`it did not answer within ${READY_WITHIN / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(process.platform === 'win32' ? (child.pid ?? 0) : -(child.pid ?? 0), name);
    } catch {
      // It is gone already.
    }
  };
  signal('SIGTERM');
  const late = setTimeout(() => signal('SIGKILL'), 5_000);
  await gone;
  clearTimeout(late);
  signal('SIGKILL');
}
