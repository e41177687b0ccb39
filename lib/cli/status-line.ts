/** A line on standard error about work that goes on: redrawn on a terminal, one after another elsewhere. */
import { createLogUpdate } from 'log-update';
import { printableLines } from '../base/printable.ts';

export class StatusLine {
  /** Whether this is a terminal. */
  readonly live: boolean;
  readonly #stream: NodeJS.WriteStream;
  readonly #draw: ReturnType<typeof createLogUpdate> | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.live = stream.isTTY === true;
    this.#draw = this.live ? createLogUpdate(stream, { showCursor: true }) : undefined;
  }

  show(line: string): void {
    if (this.#draw) this.#draw(line);
    else this.#stream.write(`${line}\n`);
  }

  /** Text for people above the line, which is to be shown again; it ends with its own new line. */
  interrupt(text: string): void {
    this.#draw?.clear();
    this.#stream.write(printableLines(text));
  }

  /** Leaves the last line standing. */
  end(): void {
    this.#draw?.done();
  }
}
