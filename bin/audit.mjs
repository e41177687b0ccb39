/**
 * `npm run audit`: fails where a package that Tombola runs on has a known vulnerability that is high or critical. Where
 * the registry cannot be asked, it says so and fails nothing.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const npm = process.env.npm_execpath;
const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []];
const { stdout } = spawnSync(command, [...args, 'audit', '--json', '--omit=dev', '--audit-level=high'], {
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
  const serious = Object.values(vulnerabilities).filter(({ severity }) =>
    ['high', 'critical'].includes(severity),
  );
  for (const { name, severity, range } of serious) console.error(`${name} ${range}: ${severity}`);
  console.error(
    serious.length === 0
      ? 'npm audit: no package that Tombola runs on has a vulnerability that is high or critical.'
      : "npm audit: update these packages; 'npm audit' tells more.",
  );
  process.exitCode = serious.length === 0 ? 0 : 1;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
