#!/bin/sh
':'; // 2>/dev/null; exec node "$(dirname "$(readlink -f "$0")")/tombola.mjs" "$@"

// The line above is a shell's: whatever Node a link to this file meets, tombola.mjs finds the one that runs it.
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Compiled code is kept between runs, where Node can (22 and newer): a quarter of the CPU time of a short search was compiling.
// Threads have it from their first line on by what stands in the environment.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');
module.enableCompileCache?.();
// onnxruntime would report its use to Microsoft, and leave a log of that in the temporary folder.
process.env.ORT_DISABLE_TELEMETRY = '1';
const { guardOutput } = await import('../lib/cli/output.ts');
guardOutput();
const { main } = await import('../lib/cli/program.ts');

process.exitCode = await main(process.argv);
