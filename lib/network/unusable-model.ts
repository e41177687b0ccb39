/** A model that cannot be searched. Where it came from and how that is said to the user, others know. */

export class UnusableModel extends Error {
  override readonly name = 'UnusableModel';
  /** The file or the architecture. */
  readonly model: string;
  /** One line per problem: the node or tensor, what was found, what is allowed, what to do. */
  readonly problems: readonly string[];

  constructor(model: string, problems: readonly string[], options?: ErrorOptions) {
    super(problems.map((problem) => `${model}: ${problem}`).join('\n'), options);
    this.model = model;
    this.problems = problems;
  }
}

/** Subjects of the same problem that are named, and problems that are reported. */
const MOST_SUBJECTS = 3;
const MOST_PROBLEMS = 20;

/** Gathers what is wrong with a model, what is wrong with several parts in the same way once. */
export class ModelProblems {
  readonly #model: string;
  readonly #found = new Map<string, Set<string>>();

  constructor(model: string) {
    this.#model = model;
  }

  /** `what`: the node, tensor, input or output. */
  note(what: string, problem: string): void {
    const subjects = this.#found.get(problem) ?? new Set();
    this.#found.set(problem, subjects.add(what));
  }

  /** The error with all of them, and this one. */
  stop(what: string, problem: string): UnusableModel {
    this.note(what, problem);
    return this.#error();
  }

  /** Throws `UnusableModel` if there are any. */
  stopIfAny(): void {
    if (this.#found.size > 0) throw this.#error();
  }

  #error(): UnusableModel {
    const all = [...this.#found].map(([problem, subjects]) => {
      const named = [...subjects].slice(0, MOST_SUBJECTS).join(', ');
      const more = subjects.size > MOST_SUBJECTS ? ` and ${subjects.size - MOST_SUBJECTS} more` : '';
      return `${named}${more}: ${problem}`;
    });
    const told = all.slice(0, MOST_PROBLEMS);
    if (all.length > told.length) told.push(`and ${all.length - told.length} more problems`);
    return new UnusableModel(this.#model, told);
  }
}
