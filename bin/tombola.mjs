#!/usr/bin/env node
/**
 * The command `tombola`, on whatever Node is installed. In a clone Tombola is TypeScript and runs on the Node that is among
 * its packages; in a package it is JavaScript, and any Node from 20 on runs it. Plain JavaScript without dependencies,
 * which any Node can start.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The oldest Node that runs the TypeScript as it is, and the oldest that runs the package. */
const RUNS_ON = 24;
const PACKAGE_RUNS_ON = 20;
/** Signals that are meant for the command itself. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const program = join(root, 'bin', 'tombola.ts');
/** In a package alone: the command as JavaScript. */
const built = join(root, 'dist', 'bin', 'tombola.js');
const [major] = process.versions.node.split('.').map(Number);

if (!existsSync(program) && existsSync(built)) {
  if (major < PACKAGE_RUNS_ON) {
    refuse(`it needs Node ${PACKAGE_RUNS_ON} or newer, and this is Node ${process.versions.node}`);
  } else if (!hasRuntime()) {
    refuse(
      'onnxruntime-node is not installed, as when its install script could not download; install it without that script: npm install --ignore-scripts onnxruntime-node@1.30',
    );
  } else {
    await import(pathToFileURL(built).href);
  }
} else if (!existsSync(join(root, 'node_modules'))) {
  refuse(`its packages are not installed; install them with: npm ci --prefix '${root}'`);
} else if (major >= RUNS_ON) {
  await import(pathToFileURL(program).href);
} else {
  const own = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(own)) handOver(own);
  else {
    refuse(
      `it needs Node ${RUNS_ON}, and this is Node ${process.versions.node}; install the one among its packages with: npm ci --prefix '${root}'`,
    );
  }
}

/** npm leaves an optional package out when its install script fails. */
function hasRuntime() {
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
}

function refuse(why) {
  process.stderr.write(`error: Tombola cannot start: ${why}\n`);
  process.exitCode = 2;
}

/** Runs the command in a process of its own, and ends as it ends. */
function handOver(node) {
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both; a second one would mean: at once.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
  child.on('error', (error) => refuse(`${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 1;
    else {
      for (const name of SIGNALS) process.removeAllListeners(name);
      process.kill(process.pid, signal);
    }
  });
}
