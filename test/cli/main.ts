/** The command line within this process. */
import { vi } from 'vitest';
import { main } from '../../lib/cli/program.ts';

export interface Answered {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runMain(...args: string[]): Promise<Answered> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += String(chunk);
      return true;
    }),
  );
  try {
    return { code: await main(['node', 'tombola', ...args]), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** The same, called in another folder. */
export async function runMainIn(folder: string, ...args: string[]): Promise<Answered> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await runMain(...args);
  } finally {
    process.chdir(before);
  }
}
