/** The keys of a run's artifacts, relative to the run's place in the store. */

export const SPEC = 'spec.json';
export const MANIFEST = 'run.json';
/** The network: weights of a multilayer perceptron, or a graph, which is any other network. */
export const WEIGHTS = 'model/weights.safetensors';
export const GRAPH = 'model/network.onnx';
/** The ticket that was put among the weights: their mask. */
export const PLANTED = 'model/planted.safetensors';
/** Probabilities to keep each weight, where the search starts from them. */
export const PRIOR = 'model/prior.safetensors';
export const TRAIN = 'data/train.safetensors';
/** Only where data are held out to choose the ticket by. */
export const VALIDATION = 'data/validation.safetensors';
export const TEST = 'data/test.safetensors';
export const GENERATIONS = 'generations/';
export const HISTORY_SEGMENTS = 'history/';

export const TICKET = 'ticket.onnx';
/** The ticket without what no answer of it depends on. */
export const TICKET_MINIMISED = 'ticket.min.onnx';
export const TICKET_MASK = 'ticket.safetensors';
/** Other tickets than the one that the run ends with: models, masks with the weights, and a table of all. */
export const FRONT = 'front.csv';
export const FRONT_TICKETS = 'front/';
export function frontTicketOf(place: number): string {
  return `${FRONT_TICKETS}${place}.onnx`;
}
export function frontMaskOf(place: number): string {
  return `${FRONT_TICKETS}${place}.safetensors`;
}
/** The key of the model that a model or a mask of a front is of; undefined for other keys. */
export function frontTicketOfKey(key: string): string | undefined {
  const [, place] = /^front\/(\d+)\.(?:onnx|safetensors)$/.exec(key) ?? [];
  return place === undefined ? undefined : frontTicketOf(Number(place));
}
/** An order of the weights whose every beginning is a ticket, and the scores of some of them. */
export const TICKET_NESTED = 'ticket.nested.onnx';
export const NESTED = 'nested.csv';
export const HISTORY = 'history.csv';
export const SUMMARY = 'summary.json';
export const REPORT = 'report.html';

/** Added by `tombola landscape` to a finished run. */
export const LANDSCAPE = 'landscape.json';
export const LANDSCAPE_PATHS = 'landscape-paths.csv';
export const LANDSCAPE_SLICE = 'landscape-slice.csv';
export const LANDSCAPE_STATISTICS = 'landscape-statistics.csv';
/** Its page, where a report cannot be written anew. */
export const LANDSCAPE_PAGE = 'landscape.html';

/** Added by `tombola extract` to a finished run: one class against the rest. */
export const CLASSES = 'classes/';
export const classifierOf = (name: string) => `${CLASSES}${name}.onnx`;

const number = (value: number) => String(value).padStart(6, '0');

/** The folder of one generation. */
export const generationFolder = (generation: number) => `${GENERATIONS}${number(generation)}/`;

/** The generation whose folder a key is in, or undefined for other keys. */
export function generationOf(key: string): number | undefined {
  const match = /^generations\/(\d{6,})\//.exec(key);
  return match ? Number(match[1]) : undefined;
}

/** The folder of a round: the first is the generation's own. */
const roundFolder = (generation: number, round: number) =>
  `${generationFolder(generation)}${round === 0 ? '' : `round-${number(round)}/`}`;

/** The generation and the round whose state a key is, or undefined for other keys. */
export function roundOfState(key: string): { generation: number; round: number } | undefined {
  const match = /^generations\/(\d{6,})\/(?:round-(\d{6,})\/)?state\.json$/.exec(key);
  return match ? { generation: Number(match[1]), round: Number(match[2] ?? 0) } : undefined;
}

/** Written last: a round whose state is there is ready to be evaluated. */
export const stateOf = (generation: number, round = 0) => `${roundFolder(generation, round)}state.json`;

/** The masks to evaluate in a round. */
export const offspringOf = (generation: number, round = 0) =>
  `${roundFolder(generation, round)}offspring.safetensors`;

/** The algorithm's memory: masks that have their scores and await their turn, or weights that are trained. */
export const memoryOf = (generation: number, round = 0) =>
  `${roundFolder(generation, round)}memory.safetensors`;

/** How the run ended with its last generation or epoch, in place of a state that it could go on from. */
export const endOf = (generation: number) => `${generationFolder(generation)}end.json`;

/** The scores of one chunk of a round's masks. */
export const scoresOf = (generation: number, chunk: number, round = 0) =>
  `${roundFolder(generation, round)}scores-${number(chunk)}.safetensors`;

/** Why a chunk of a round's masks has no scores, where trying again cannot help. */
export const refusalOf = (generation: number, chunk: number, round = 0) =>
  `${roundFolder(generation, round)}refusal-${number(chunk)}.json`;

/** The population after a generation's selection. */
export const survivorsOf = (generation: number) => `${generationFolder(generation)}survivors.safetensors`;

/** Generations a segment of the history holds. */
export const SEGMENT_LENGTH = 64;

export const historySegmentOf = (generation: number) =>
  `${HISTORY_SEGMENTS}${number(Math.floor(generation / SEGMENT_LENGTH))}.json`;

/** Keys of a sweep, relative to its place: the sweep as it was written, and each cell's run. */
export const SWEEP = 'sweep.json';
export const CELLS = 'cells/';

/** The results of a sweep's runs together. */
export const SWEEP_CSV = 'sweep.csv';
export const SWEEP_RUNS = 'runs.jsonl';
export const SWEEP_TABLE_CSV = 'table.csv';
export const SWEEP_ALGORITHMS = 'algorithms.csv';
export const SWEEP_FRONTS = 'fronts.csv';
export const SWEEP_SIZES = 'sizes.csv';
export const SWEEP_REACH = 'reach.csv';
export const SWEEP_PROGRESS = 'progress.csv';
export const SWEEP_TABLE = 'table.md';
export const SWEEP_REPORT = 'sweep.html';

/** In the cloud: the execution that is at work, or was the last to be. */
export const SWEEP_EXECUTION = 'execution.json';
export const STARTS = 'starts/';
export const ROUNDS = 'rounds/';
export const FAILURES = 'failures/';

/** The folder of a cell's run. */
export const cellFolder = (cell: string) => `${CELLS}${cell}/`;

/** The cells of one round of a sweep in the cloud. */
export const roundOf = (round: number) => `${ROUNDS}${number(round)}.json`;

/** The executions that began after the one of that name; without it, where there was none. */
export const startsAfter = (execution = 'none') => `${STARTS}${execution}/`;

/** Why a cell failed in one execution of the sweep; another execution tries it again. */
export const failureOf = (execution: string, cell: string) => `${failuresOf(execution)}${cell}.json`;

export const failuresOf = (execution: string) => `${FAILURES}${execution}/`;
