#!/usr/bin/env node
import { main } from '../lib/cli/program.ts';

process.exitCode = await main(process.argv);
