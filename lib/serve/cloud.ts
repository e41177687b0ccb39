/** The runs and sweeps of the deployed stack, and what can be done with them: by the commands for the cloud. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { explained } from '../aws/client/errors.ts';
import type { CloudOptions } from '../aws/client/stack.ts';
import { UserError } from '../base/errors.ts';
import { money } from '../base/format.ts';
import { COMMAND } from '../cli/run-page.ts';
import type { RemoteRuns } from './messages.ts';

/** Each is looked up. */
const MOST_LISTED = 20;
const linkSchema = z.object({ link: z.string() });

export class Cloud {
  readonly #options: CloudOptions;
  /** URIs of the runs that were listed: the only ones that the page may ask about. */
  readonly #places = new Map<string, string>();

  constructor(options: CloudOptions) {
    this.#options = options;
  }

  /** The newest ones. Throws UserError where the stack cannot be asked. */
  async list(): Promise<RemoteRuns> {
    try {
      // Most who open the page have no stack: the SDK is loaded when it is asked for.
      const { listCloud } = await import('../cli/cloud/list.ts');
      const { runs, standings } = await listCloud(this.#options, MOST_LISTED);
      for (const { name, uri } of runs) this.#places.set(name, uri);
      return {
        stack: this.#options.stack,
        runs: runs.map(({ kind, name, status, started }, index) => {
          const { reached, summary, dollars } = standings[index] ?? {};
          return {
            kind,
            name,
            status: status.toLowerCase(),
            started: started?.getTime() ?? null,
            reached: reached ?? null,
            testAccuracy: summary?.testAccuracy ?? null,
            sparsity: summary?.sparsity ?? null,
            cost: dollars === undefined ? null : money(dollars),
          };
        }),
      };
    } catch (error) {
      throw explained(error);
    }
  }

  /** Throws UserError. */
  async stop(name: string): Promise<void> {
    await this.#tombola(['stop', this.#place(name), '--json']);
  }

  /** Throws UserError. */
  async resume(name: string): Promise<void> {
    await this.#tombola(['resume', this.#place(name), '--json']);
  }

  /** A link to its report, good for an hour. Throws UserError. */
  async report(name: string): Promise<string> {
    const told = await this.#tombola(['open', this.#place(name), '--no-browser', '--json']);
    return linkSchema.parse(JSON.parse(told)).link;
  }

  #place(name: string): string {
    const place = this.#places.get(name);
    if (place !== undefined) return place;
    throw new UserError(`${name}: is none of the runs on AWS that the page has listed`);
  }

  async #tombola(args: readonly string[]): Promise<string> {
    const { stack, region, profile } = this.#options;
    const where = Object.entries({ stack, region, profile }).flatMap(([key, value]) =>
      value === undefined ? [] : [`--${key}`, value],
    );
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, ...args, ...where]);
      return stdout;
    } catch (cause) {
      const { stderr } = z.object({ stderr: z.string() }).parse(cause);
      throw new UserError(stderr.trim().replaceAll(/^error: /gm, ''), { cause });
    }
  }
}
