/**
 * Installs the npm packages that package-lock.json names, once. Runs before `npm start` and `npm test`,
 * on whatever Node the machine has (20 or newer), so it is plain JavaScript without dependencies.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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
  return Object.entries(locked).every(
    ([path, { version, optional, peer }]) =>
      path === '' || optional === true || peer === true || installed[path]?.version === version,
  );
}

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(
    `Tombola needs Node 20 or newer; this is Node ${process.versions.node}. Install a newer one.`,
  );
  process.exit(2);
}
if (!isInstalled()) {
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
