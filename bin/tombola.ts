#!/bin/sh
':'; // 2>/dev/null; exec node "$(dirname "$(readlink -f "$0")")/tombola.mjs" "$@"

// The line above is a shell's: whatever Node a link to this file meets, tombola.mjs finds the one that runs it.
import module from 'node:module';
import { guardOutput } from '../lib/cli/output.ts';

// Compiled code is kept between runs, where Node can (22 and newer): a quarter of the CPU time of a short search was compiling.
module.enableCompileCache?.();
// onnxruntime would report its use to Microsoft, and leave a log of that in the temporary folder.
process.env.ORT_DISABLE_TELEMETRY = '1';
guardOutput();
const { main } = await import('../lib/cli/program.ts');

process.exitCode = await main(process.argv);
