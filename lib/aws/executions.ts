/** Executions of the stack's state machines: their names, at most 80 characters long, and their ARNs. */
import { createHash } from 'node:crypto';
import { nameAt } from './bucket.ts';

/** Names that Step Functions accepts, without characters that are awkward on a command line. */
export const EXECUTION_NAME = /^[\w-]{1,80}$/;

/** The execution of that name, of the machine with that ARN. */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** The name of the execution with that ARN. */
export function nameOfExecution(arn: string): string {
  return arn.split(':').at(-1) ?? '';
}

function mark(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/**
 * The execution that a dropped file starts: the file's name, with what consoles cannot take replaced, and a mark of the
 * drop, so that a repeated message about it is the same start.
 */
export function droppedName(base: string, drop: string): string {
  const name = base
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 64)
    .replace(/^[-.]+|[-.]+$/g, '');
  return `${name || 'run'}-${mark(drop, 8)}`;
}

/** Prefix of the names of executions that run cells of sweeps. */
export const CELL_PREFIX = 'cell-';

/**
 * The execution of a sweep's cell, cell-SWEEP-CELL-xxxxxxxxxxxx: at most 75 characters, because five are left for the
 * numbers of the executions that go on with it. Unique to sweep, cell and attempt, so that a repeated start is the same
 * start, and another attempt is another one. `sweep`: its URI.
 */
export function cellName(sweep: string, cell: string, attempt: string): string {
  const plain = (text: string) => text.replace(/[^\w-]+/g, '-');
  const name = plain(nameAt(sweep)).slice(0, 24);
  return `${CELL_PREFIX}${name}-${plain(cell).slice(-31)}-${mark(`${sweep}\n${cell}\n${attempt}`, 12)}`;
}

/** Whether an execution of the search machine, by its name, is that of a sweep's cell. */
export function isCellName(name: string): boolean {
  return /^cell-.+-[0-9a-f]{12}(-\d+)?$/.test(name);
}

/**
 * The beginning of the names of executions that continue a sweep; a time stamp follows. A long name is cut, and told
 * from others that begin alike by its mark.
 */
export function continuationPrefix(name: string): string {
  const part = name.length > 58 ? `${name.slice(0, 49)}-${mark(name, 8)}` : name;
  return `${part}-again-`;
}
