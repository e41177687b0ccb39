/**
 * `npm run audit`: fails where a package that Tombola runs on has a known vulnerability that is high or critical. Where
 * the registry cannot be asked, it says so and fails nothing.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Development packages that the npm package has inside: see bin/build-package.ts. */
const BUNDLED = ['@commander-js/extra-typings', '@middy/core', 'aws-local-stepfunctions', 'commander'];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const npm = process.env.npm_execpath;
const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []];
const { stdout } = spawnSync(command, [...args, 'audit', '--json', '--audit-level=high'], {
  cwd: root,
  encoding: 'utf8',
  timeout: 120_000,
});

const { vulnerabilities } = parsed(stdout);
if (vulnerabilities === undefined) {
  console.error(
    'npm audit: not checked: the registry does not answer questions about vulnerabilities from here.',
  );
} else {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const inside = closure(lock);
  const runs = (path) => lock[path]?.dev !== true || inside.has(path);
  const serious = Object.values(vulnerabilities).filter(
    ({ severity, nodes }) => ['high', 'critical'].includes(severity) && (nodes?.some(runs) ?? true),
  );
  for (const { name, severity, range } of serious) console.error(`${name} ${range}: ${severity}`);
  console.error(
    serious.length === 0
      ? 'npm audit: no package that Tombola runs on has a vulnerability that is high or critical.'
      : "npm audit: update these packages; 'npm audit' tells more.",
  );
  process.exitCode = serious.length === 0 ? 0 : 1;
}

/** Paths in the lockfile of what is bundled, and of what that depends on. */
function closure(lock) {
  const found = new Set(BUNDLED.map((name) => `node_modules/${name}`));
  for (const path of found) {
    for (const name of Object.keys(lock[path]?.dependencies ?? {})) {
      // As Node looks for it: beside the package's own code first, then further up.
      let folder = path;
      while (folder !== '' && !lock[`${folder}/node_modules/${name}`]) {
        folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));
      }
      found.add(folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`);
    }
  }
  return found;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
