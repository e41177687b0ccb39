/** Runs as the library gives them: their spec, figures and files. */

/** A run spec, as in a spec file. Every key is optional. docs/reference/spec.md describes all keys, `specSchema` returns their JSON Schema. */
interface Spec {
  /** A preset, whose values the other keys override; see `presets`. */
  readonly preset?: string;
  /** The search algorithm; 'sltn-ga' unless given. */
  readonly algorithm?: string;
  /** The seed of the search, and of the weights unless `network.seed` is given: a whole number from 0 to 2⁵³ − 1. */
  readonly seed?: number;
  /** The data: { dataset: 'moons' }, or { dataset: 'files', train: 'iris.csv' }, and so on. */
  readonly task?: Readonly<Record<string, unknown>>;
  /** The network: { layers: [2, 20, 2] }, { architecture: 'conv-small' }, { model: 'net.onnx' }, and so on. */
  readonly network?: Readonly<Record<string, unknown>>;
  /** The objective, population and rates of the search. */
  readonly search?: Readonly<Record<string, unknown>>;
  /** The rules that end the search: { maxGenerations: 100 }, and so on. */
  readonly stop?: Readonly<Record<string, unknown>>;
  readonly [section: string]: unknown;
}

/** A run in a folder. */
interface Run {
  /** The absolute path of the folder. */
  readonly folder: string;
  /** 'succeeded' if the search is over; `resume` continues a run that was stopped or killed. */
  readonly status: 'succeeded' | 'stopped';
  /** The complete spec, with the SHA-256 of each file that it names; undefined before the run has read the files. */
  readonly spec: Spec | undefined;
  /** The results, with all keys of summary.json; undefined until the search is over. */
  readonly summary: RunFigures | undefined;
  /** One row for each generation or epoch, with the columns of history.csv; empty until the search is over. */
  readonly history: readonly Readonly<Record<string, number | null>>[];
  /** The files of the results; undefined until the search is over. */
  readonly files: RunFiles | undefined;
}

/** The figures that most programs need. docs/reference/artifacts.md describes all keys of summary.json. */
interface RunFigures {
  /** The name of the algorithm; 'own' for an algorithm of your own. */
  readonly algorithm: string;
  /** `seed` of the spec. */
  readonly seed: number;
  /** The rule that ended the search, such as 'max-generations' or 'target-accuracy'; null while the search is not over. */
  readonly stopReason: string | null;
  /** The number of the last generation or epoch; the first population is generation 0. */
  readonly generations: number;
  /** Masks that the search evaluated, without those of the pruning pass; for a training, its passes over the data. */
  readonly evaluations: number;
  /** The ticket's share of correct predictions on training data, 0 to 1. */
  readonly trainAccuracy: number;
  /** The ticket's share of correct predictions on test data, 0 to 1. The search never uses test data. */
  readonly testAccuracy: number;
  /** The test accuracy of always guessing the largest class of the training data, 0 to 1; undefined in runs of earlier versions. */
  readonly largestClassAccuracy?: number | undefined;
  /** The ticket's mean cross-entropy per sample of the training data, in nats; null if it is not finite. */
  readonly trainLoss: number | null;
  /** The ticket's mean cross-entropy per sample of the test data, in nats; null if it is not finite. */
  readonly testLoss: number | null;
  /** The ticket's fitness by an objective of your own, on training data, 0 to 1; undefined without such an objective. */
  readonly trainOwnObjective?: number | undefined;
  /** The ticket's fitness by an objective of your own, on test data, 0 to 1; undefined without such an objective. */
  readonly testOwnObjective?: number | undefined;
  /** The names of your own algorithm and objective; undefined without both. */
  readonly own?: OwnNames | undefined;
  /** The share of the prunable weights that the ticket prunes, 0 to 1. */
  readonly sparsity: number;
  /** The number of weights that the ticket keeps. */
  readonly keptWeights: number;
  /** The number of weights that a mask can prune. */
  readonly prunableWeights: number;
  /** Wall-clock time of the run in seconds, without the time between a stop and `resume`. */
  readonly seconds: number;
}

/** The names of your own modules. */
interface OwnNames {
  /** The name of your algorithm. */
  readonly algorithm?: string | undefined;
  /** The name of your objective. */
  readonly objective?: string | undefined;
}

/** Absolute paths of the files that a run leaves. */
interface RunFiles {
  /** ticket.onnx: the ticket as a classifier. Input `x` float32 [samples, features] in raw units; outputs `logits` and `label`. */
  readonly ticket: string;
  /** ticket.min.onnx: a smaller network with the same answers, without dead units and channels. */
  readonly minimised: string;
  /** ticket.safetensors: frozen weights, biases and masks by layer name. */
  readonly mask: string;
  /** report.html: the report, a page that opens offline. */
  readonly report: string;
}

export type { OwnNames, Run, RunFigures, RunFiles, Spec };
