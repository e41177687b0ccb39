/**
 * Installs the npm packages that package-lock.json names, once. Runs before `npm start` and `npm test`,
 * on whatever Node the machine has (20 or newer), so it is plain JavaScript without dependencies.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function packagesOf(lockfile) {
  return JSON.parse(readFileSync(join(root, lockfile), 'utf8')).packages;
}

/** True when every package of the lockfile stands in node_modules at the locked version. */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  if (!existsSync(join(root, 'node_modules/.bin/node'))) return false;
  const locked = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  // Optional for those who install the package, whose install script may fail; a clone skips the script.
  const own = Object.keys(locked['']?.optionalDependencies ?? {}).map((name) => `node_modules/${name}`);
  return Object.entries(locked).every(
    ([path, { version, optional, peer }]) =>
      path === '' ||
      (optional === true && !own.includes(path)) ||
      peer === true ||
      installed[path]?.version === version,
  );
}

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(
    `Tombola needs Node 20 or newer; this is Node ${process.versions.node}. Install a newer one.`,
  );
  process.exit(2);
}
/** Says which process installs, for others that come meanwhile. Beside the packages: npm removes the folder itself. */
const lock = join(root, '.setup.lock');

/** Whether this process is the one that installs. Of several that come at once, one. */
function begin() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    console.error(`error: ${lock}: cannot be written (${error.code}): check who may write there`);
    process.exit(2);
  }
}

/** Whether the process that installs is at work still. */
function isBusy() {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    // One that has just been made may not be written yet.
    if (owner === 0 && Date.now() - statSync(lock).mtimeMs > 10_000) throw new Error('nobody wrote it');
    process.kill(owner, 0);
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    // It exists, but is another user's.
    if (error.code === 'EPERM') return true;
    rmSync(lock, { force: true });
    return false;
  }
}

let told = false;
while (!isInstalled()) {
  if (begin()) {
    process.on('exit', () => rmSync(lock, { force: true }));
    // It may have been done between the look and the lock.
    if (!isInstalled()) install();
    break;
  }
  if (!told) console.error('Another process is installing the npm packages: waiting for it …');
  told = true;
  while (isBusy()) await new Promise((resolve) => setTimeout(resolve, 200));
}

function install() {
  console.error('Installing npm packages (once, about a minute) …');
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []];
  const { status } = spawnSync(command, [...args, 'ci', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    console.error('npm ci failed: see its message above, mend that and start again.');
    process.exit(1);
  }
}
