/** The browser of this computer, where there is one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The program that opens a link, and its arguments; undefined where there is no screen. */
function opener(link: string, platform: NodeJS.Platform): readonly string[] | undefined {
  const { BROWSER, DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME } = process.env;
  if (platform === 'darwin') return ['open', link];
  // Not by `start`: the shell would take the link's ampersands for its own.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', link];
  if (BROWSER) return [BROWSER, link];
  return DISPLAY || WAYLAND_DISPLAY || WSL_DISTRO_NAME ? ['xdg-open', link] : undefined;
}

/** Opens the link; false where that cannot be done. */
export async function showInBrowser(link: string, platform = process.platform): Promise<boolean> {
  const [program, ...args] = opener(link, platform) ?? [];
  if (program === undefined) return false;
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.unref();
  try {
    await once(child, 'spawn');
    return true;
  } catch {
    return false;
  }
}
