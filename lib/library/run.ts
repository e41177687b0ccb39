/** Runs as the library gives them: their spec, figures and files. */

/** A run spec, as in a spec file: every key is optional. docs/reference/spec.md tells all of them; `specSchema` is their JSON Schema. */
interface Spec {
  /** The preset; the other keys override its values: see `presets`. */
  readonly preset?: string;
  /** The search: 'sltn-ga' unless given. */
  readonly algorithm?: string;
  /** A whole number from 0 to 2⁵³ − 1: of the search, and of the weights unless `network.seed` is given. */
  readonly seed?: number;
  /** The data: { dataset: 'moons' }, or { dataset: 'files', train: 'iris.csv' }, and so on. */
  readonly task?: Readonly<Record<string, unknown>>;
  /** The network: { layers: [2, 20, 2] }, { architecture: 'conv-small' }, { model: 'net.onnx' }, and so on. */
  readonly network?: Readonly<Record<string, unknown>>;
  /** Objective, population and rates of the search. */
  readonly search?: Readonly<Record<string, unknown>>;
  /** Rules by which it ends: { maxGenerations: 100 }, and so on. */
  readonly stop?: Readonly<Record<string, unknown>>;
  readonly [section: string]: unknown;
}

/** A run in a folder. */
interface Run {
  /** Its absolute path. */
  readonly folder: string;
  /** Whether the search came to its end; `resume` continues one that was stopped or killed. */
  readonly status: 'succeeded' | 'stopped';
  /** The complete spec, its files' contents included as checksums; undefined before the run has read them. */
  readonly spec: Spec | undefined;
  /** The results, as in summary.json; undefined until the search is over. */
  readonly summary: RunFigures | undefined;
  /** A row for each generation, as in history.csv; empty until the search is over. */
  readonly history: readonly Readonly<Record<string, number | null>>[];
  /** Paths of what the run left; undefined until the search is over. */
  readonly files: RunFiles | undefined;
}

/** The figures that most programs need; docs/reference/artifacts.md tells all that summary.json holds. */
interface RunFigures {
  /** Its name; 'own' for an algorithm of your own. */
  readonly algorithm: string;
  /** `seed` of the spec. */
  readonly seed: number;
  /** Such as 'max-generations' or 'target-accuracy'. */
  readonly stopReason: string | null;
  /** The last generation, or epoch; the first population is generation 0. */
  readonly generations: number;
  /** Masks that the search evaluated, without the pruning pass; passes over the data of a training. */
  readonly evaluations: number;
  /** The ticket's share of correct predictions, 0 to 1. */
  readonly trainAccuracy: number;
  /** The same on test data, which took no part in the search. */
  readonly testAccuracy: number;
  /** The ticket's mean cross-entropy per sample, in nats; null where it is not finite. */
  readonly trainLoss: number | null;
  /** The same on test data. */
  readonly testLoss: number | null;
  /** The ticket's fitness by an objective of your own, 0 to 1; undefined without one. */
  readonly trainOwnObjective?: number | undefined;
  /** The same on test data. */
  readonly testOwnObjective?: number | undefined;
  /** Names of your own algorithm and objective; undefined without any. */
  readonly own?: OwnNames | undefined;
  /** Share of the prunable weights that the ticket prunes, 0 to 1. */
  readonly sparsity: number;
  /** How many it keeps. */
  readonly keptWeights: number;
  /** How many the network has. */
  readonly prunableWeights: number;
  /** Wall-clock time of the run, without pauses. */
  readonly seconds: number;
}

/** Names of what you brought along. */
interface OwnNames {
  /** Of your algorithm. */
  readonly algorithm?: string | undefined;
  /** Of your objective. */
  readonly objective?: string | undefined;
}

/** Paths of what a run left. */
interface RunFiles {
  /** The ticket as a plain classifier: ticket.onnx. */
  readonly ticket: string;
  /** The same without what its mask makes superfluous: ticket.min.onnx. */
  readonly minimised: string;
  /** Weights, biases and masks by layer name. */
  readonly mask: string;
  /** The report, a page for the browser: report.html. */
  readonly report: string;
}

export type { OwnNames, Run, RunFigures, RunFiles, Spec };
