/** Exit codes of commands. */

export const DONE = 0;
export const OUR_MISTAKE = 1;
/** Also where the command did its work, and its result is not what was asked for. */
export const USER_MISTAKE = 2;

/** Takes the exit code of a command that can end in more than one way. */
export type Finish = (exitCode: number) => void;
