/** Errors that users must resolve. Their `name` is what the state machine's `Retry` and `Catch` match. */

export class UserError extends Error {
  override readonly name: string = 'UserError';
}

/** A run spec that cannot be run: the message says where, what was found, what is allowed. */
export class InvalidSpec extends UserError {
  override readonly name = 'InvalidSpec';
  /** One line per problem. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

/** An artifact of a run that is missing, cut short or changed since it was written. */
export class DamagedArtifact extends UserError {
  override readonly name = 'DamagedArtifact';
}

/** A run's place that cannot be used: not to be read or written, or holding another run. */
export class UnusableOutput extends UserError {
  override readonly name = 'UnusableOutput';
}
