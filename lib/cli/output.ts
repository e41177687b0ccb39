/**
 * Standard output and standard error. Whatever is printed passes here: it is safe for terminals, it is written whole,
 * and where it cannot be written the command still does its work.
 */
import { fstatSync, writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { errorCode, explainFileError } from '../base/file-errors.ts';
import { printable, printableJson, printableLines } from '../base/printable.ts';

/** On a terminal only: a library that colours wherever CI is set would put codes into its logs and files. */
export function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}

/** Text for people on standard output; it ends with its own new line. */
export function print(text: string): void {
  process.stdout.write(safe(text, printableLines));
}

/** One JSON document on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${printableJson(value)}\n`);
}

/** Text for people on standard error; it ends with its own new line. */
export function tell(text: string): void {
  const told = safe(text, printableLines);
  const bolds = styleText('bold', '', { stream: process.stderr }) !== '';
  process.stderr.write(bolds ? told : told.replaceAll(ON, '').replaceAll(OFF, ''));
}

/** The codes that `bold` puts around text: these are kept, and all others that a terminal would obey are not. */
const [ON = '', OFF = ''] = styleText('bold', '|', { validateStream: false }).split('|');

/** Text in which `bold` stays, where this is a terminal. */
function safe(text: string, printed: (text: string) => string): string {
  if (bold('') === '') return printed(text);
  return text
    .split(ON)
    .map((piece) => piece.split(OFF).map(printed).join(OFF))
    .join(ON);
}

/** The text of a table's cell: names that others chose stay on their line. */
export function tableCell(text: string): string {
  return safe(text, printable);
}

/** The exit code of a command whose output could not be written, though it did its work. */
const OUTPUT_LOST = 2;

/**
 * Keeps this process at work when its output cannot be written. A reader that has gone (`| head`) is no error; a full
 * disk is told, and becomes the exit code. To be called once, before anything is written.
 */
export function guardOutput(): void {
  let lost = false;
  for (const stream of [process.stdout, process.stderr]) {
    // Node writes to a file once, and takes a part for the whole: what a full disk or a limit cuts off would be missed.
    if (isFile(stream.fd)) {
      stream._write = (chunk: string | Uint8Array, _, done) => {
        try {
          writeFileSync(stream.fd, chunk);
          done();
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)));
        }
      };
    }
    stream.on('error', (error) => {
      if (stream === process.stderr || errorCode(error) === 'EPIPE' || lost) return;
      lost = true;
      tell(`error: standard output: cannot be written: ${explainFileError(error, 'writing')}\n`);
    });
  }
  process.on('exit', () => {
    if (lost && !process.exitCode) process.exitCode = OUTPUT_LOST;
  });
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}
