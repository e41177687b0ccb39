/** Runs as the library gives them: their spec, figures and files. */

/** A run spec, as in a spec file: every key is optional. docs/reference/spec.md tells all of them; `specSchema` is their JSON Schema. */
interface Spec {
  /** The preset; the other keys override its values: see `presets`. */
  readonly preset?: string;
  /** The search: 'sltn-ga' unless given. */
  readonly algorithm?: string;
  /** Of the search, and of the weights unless `network.seed` is given. */
  readonly seed?: number;
  /** The data: { dataset: 'moons' }, or { dataset: 'files', train: 'iris.csv' }, and so on. */
  readonly task?: Readonly<Record<string, unknown>>;
  /** The network: { layers: [2, 20, 2] }, { architecture: 'conv-small' }, { model: 'net.onnx' }, and so on. */
  readonly network?: Readonly<Record<string, unknown>>;
  readonly search?: Readonly<Record<string, unknown>>;
  readonly stop?: Readonly<Record<string, unknown>>;
  readonly [section: string]: unknown;
}

/** A run in a folder. */
interface Run {
  /** Its absolute path. */
  readonly folder: string;
  /** Whether the search came to its end; one that was stopped or killed goes on with `resume`. */
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
  readonly seed: number;
  readonly stopReason: string | null;
  readonly generations: number;
  readonly evaluations: number;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly trainLoss: number | null;
  readonly testLoss: number | null;
  /** The fitness by an objective of your own; undefined without one. */
  readonly trainOwnObjective?: number | undefined;
  readonly testOwnObjective?: number | undefined;
  /** Names of your own algorithm and objective; undefined without any. */
  readonly own?:
    | { readonly algorithm?: string | undefined; readonly objective?: string | undefined }
    | undefined;
  readonly sparsity: number;
  readonly keptWeights: number;
  readonly prunableWeights: number;
  readonly seconds: number;
}

interface RunFiles {
  /** The ticket as a plain classifier, and the same without what its mask makes superfluous. */
  readonly ticket: string;
  readonly minimised: string;
  /** Weights, biases and masks by layer name. */
  readonly mask: string;
  readonly report: string;
}

export type { Run, RunFigures, RunFiles, Spec };
