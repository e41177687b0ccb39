/** The command line: commands, options and their help. */
import { Command, CommanderError, Help, Option } from '@commander-js/extra-typings';
import { defined } from '../base/defined.ts';
import { UserError } from '../base/errors.ts';
import { fileErrorMessage, isFileError } from '../base/file-errors.ts';
import { ARCHITECTURES } from '../cost/prices.ts';
import { sourceOpener } from '../places/sources.ts';
import { specJsonSchema } from '../runspec/parser.ts';
import { DEFAULT_PRESET } from '../runspec/presets.ts';
import { isSweep } from '../sweep/recognition.ts';
import { VERSION } from '../version.ts';
import { budgetOption, objectiveOption, timeBudgetOption, wholeNumber } from './arguments.ts';
import { addCloudCommands } from './cloud/commands.ts';
import { addCompletion } from './completion/command.ts';
import { addDataCommand } from './data-command.ts';
import { addDataOptions } from './data-options.ts';
import { applyDefaults, defaultsJsonSchema } from './defaults.ts';
import { addEvaluateCommand } from './evaluate/command.ts';
import { type Finish, OUR_MISTAKE, USER_MISTAKE } from './exit-codes.ts';
import { addExtractCommand } from './extract-command.ts';
import { readSpec, refuseForSweep, specFrom } from './input.ts';
import { addLandscapeCommand } from './landscape-command.ts';
import { addLearnCommand } from './learn-command.ts';
import { addLocalCommands } from './local/commands.ts';
import { addNetworkCommand } from './network-command.ts';
import { print, printJson, tell } from './output.ts';
import { withPaths } from './paths.ts';
import { addPnnCommand } from './pnn-command.ts';
import { addPredictCommand } from './predict/command.ts';
import { printPresets } from './presets.ts';
import { addSearchOptions } from './search-options.ts';
import { addServeCommand } from './serve.ts';
import { addSweepCommand } from './sweep/command.ts';

const USER_ERRORS = new Set(['InvalidSpec', 'UnusableOutput', 'DamagedArtifact', 'UserError']);

export function createProgram(finish: Finish): Command {
  const program = new Command('tombola')
    .description(
      'Finds strong lottery tickets: subnetworks of a random neural network that solve a task without any training.',
    )
    .version(VERSION)
    .showHelpAfterError("(see 'tombola --help' and 'tombola COMMAND --help')")
    .addHelpText(
      'after',
      `
Examples:
  tombola run                         the default preset, ${DEFAULT_PRESET}: two moons, network [2, 20, 2]
  tombola run digits-10 --seed 7      handwritten digits, other random weights
  tombola run --data iris.csv         your own data, with hidden layers [100]
  tombola spec moons-a > my.json      a complete spec to edit …
  tombola run my.json --out my-run    … and to run
  tombola resume my-run               continues a run that was stopped`,
    );

  addRunCommand(program, finish);
  addSweepCommand(program, finish);
  addStoredRunCommands(program, finish);
  addLocalCommands(program);
  addServeCommand(program);
  addEvaluateCommand(program);
  addPredictCommand(program);
  addExtractCommand(program);
  addLandscapeCommand(program);
  addLearnCommand(program);
  addPnnCommand(program);
  addDataCommand(program, sourceOpener(), finish);
  addEstimateCommand(program);
  addNetworkCommand(program);
  addSpecCommands(program);
  addCloudCommands(program, finish);
  addCompletion(program);
  program.hook('preAction', (_, command) => applyDefaults(command));

  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: print, writeErr: tell });
    command.configureHelp({ optionDescription: describeOption });
  }
  return program;
}

/** A flag is off unless it is given: help need not say so. */
function describeOption(option: Option): string {
  return new Help().optionDescription(option).replace(' (default: false)', '');
}

function addRunCommand(program: Command, finish: Finish): void {
  addSearchOptions(
    program
      .command('run')
      .description('Run a search on this computer')
      .argument('[spec]', `a preset, a JSON file, or - for standard input (default: ${DEFAULT_PRESET})`),
  )
    .addOption(timeBudgetOption())
    .option('--out <dir>', 'folder for the run (default: a new one in runs/)')
    .option('--workers <n>', 'worker threads (default: one per core)', wholeNumber(1))
    .option('--json', 'print one JSON document on standard output, nothing else', false)
    .option('--open', "show the run in the browser as it goes, as 'tombola serve' does", false)
    .option('--quiet', 'no progress; print only the path of the ticket', false)
    .addHelpText(
      'after',
      `
The run's folder then contains ticket.onnx, ticket.min.onnx, ticket.safetensors, history.csv, summary.json and report.html.
Ctrl-C stops after the generation in flight; 'tombola resume DIR' continues it, with the same result.`,
    )
    .action(async (source, { out, workers, json, quiet, open, ...laid }) => {
      const spec = await readSpec(source, laid);
      const { runLocally } = await import('./local-run.ts');
      finish(await runLocally(spec, defined({ out, workers, json, quiet, open })));
    });
}

/** Commands for a run that has a folder already. */
function addStoredRunCommands(program: Command, finish: Finish): void {
  program
    .command('resume')
    .description('Continue a run that was stopped or killed, here or in the cloud')
    .argument('<dir>', 'folder of the run; or s3://…, of a run or a sweep to continue in the cloud')
    .option('--workers <n>', 'worker threads (default: as before, at most one per core)', wholeNumber(1))
    .option('--json', 'print one JSON document on standard output, nothing else', false)
    .option('--quiet', 'no progress; print only the path of the ticket', false)
    .option('--stack <name>', 'in the cloud: the deployed stack', 'Tombola')
    .option('--region <name>', "in the cloud: AWS region (default: the SDK's usual configuration)")
    .option('--profile <name>', "in the cloud: AWS profile (default: the SDK's usual configuration)")
    .action(async (folder, { stack, region, profile, ...options }) => {
      if (folder.startsWith('s3://')) {
        const { resumeInCloud } = await import('./cloud/resume.ts');
        await resumeInCloud(folder, { ...options, stack, region, profile });
        return;
      }
      const { resumeLocally } = await import('./local-run.ts');
      finish(await resumeLocally(folder, defined(options)));
    });

  program
    .command('report')
    .description('Write the report of a run again, also of an unfinished run')
    .argument('<dir>', 'folder of the run')
    .option('--json', 'print one JSON document on standard output, nothing else', false)
    .option('--quiet', 'print only the path of the ticket', false)
    .action(async (folder, options) => {
      const { reportLocally } = await import('./local-run.ts');
      finish(await reportLocally(folder, options));
    });
}

function addEstimateCommand(program: Command): void {
  addDataOptions(
    program
      .command('estimate')
      .description('Estimate the cost of a search or a sweep on AWS: a low and a high guess')
      .argument('[spec]', `a preset, a JSON file, or - for standard input (default: ${DEFAULT_PRESET})`)
      .option('--runs <n>', 'for a sweep: seeds per grid point and algorithm', wholeNumber(1))
      .option('--memory <mb>', 'memory of the functions (default: 1769, one vCPU)', wholeNumber(128))
      .addOption(new Option('--architecture <name>', 'processor of the functions').choices(ARCHITECTURES))
      .option('--figure <file>', 'of a run: write an HTML page with cost and time by memory'),
  )
    .addOption(objectiveOption())
    .addOption(budgetOption())
    .option('--json', 'print one JSON document', false)
    .action(async (source, { runs, memory, architecture, figure, json, ...laid }) => {
      const { readRunOrSweep } = await import('./sweep/input.ts');
      const written = await readRunOrSweep(source, runs);
      const options = { json, ...defined({ memory, architecture }) };
      if (isSweep(written)) {
        const { budget, ...others } = laid;
        refuseForSweep(others);
        if (figure !== undefined) throw new UserError('--figure: is for a single search; leave it out');
        const { printSweepEstimate } = await import('./sweep/estimate.ts');
        await printSweepEstimate({ ...written, ...defined({ budget }) }, options);
        return;
      }
      const { printEstimate } = await import('./estimate.ts');
      await printEstimate(await specFrom(written, laid), { ...options, ...defined({ figure }) });
    });
}

/** Commands that print what a spec may say. */
function addSpecCommands(program: Command): void {
  program
    .command('presets')
    .description('List the presets: the tasks and networks of the papers, and their studies as sweeps')
    .option('--sweeps', 'only the sweeps: the studies of the papers', false)
    .option('--json', 'print one JSON document', false)
    .action((options) => printPresets(options));

  addDataOptions(
    program
      .command('spec')
      .description('Print the complete spec of a preset, defaults filled in, ready to edit')
      .argument('[preset]', `a preset, a JSON file, or - (default: ${DEFAULT_PRESET})`),
  )
    .addOption(objectiveOption())
    .action(async (source, options) => {
      printJson(await readSpec(source, options));
    });

  program
    .command('schema')
    .description('Print the JSON Schema of the run spec, for editors')
    .option('--defaults', 'that of tombola.json, the file of defaults', false)
    .action((options) => {
      printJson(options.defaults ? defaultsJsonSchema() : specJsonSchema());
    });
}

/** Runs the command line; gives the exit code. `argv` as in process.argv. */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    // Commander has already printed what is wrong with the arguments, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USER_MISTAKE;
    const { explained } = await import('../aws/client/errors.ts');
    return report(explained(error));
  }
}

/** One clear error on standard error. Ours come with their stack: they are reports in the making. */
function report(thrown: unknown): number {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error instanceof UserError || USER_ERRORS.has(error.name)) {
    tell(`error: ${withPaths(error.message).replaceAll('\n', '\nerror: ')}\n`);
    return USER_MISTAKE;
  }
  if (isFileError(error)) {
    tell(`error: ${fileErrorMessage(error)}\n`);
    return USER_MISTAKE;
  }
  tell(`error: ${error.name}: ${error.message}\n`);
  tell(`This is a bug in Tombola.\n${error.stack ?? ''}\n`);
  return OUR_MISTAKE;
}
