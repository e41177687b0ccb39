/** WebAssembly that is compiled from AssemblyScript by `npm run build:kernels` and checked in as text. */
import { z } from 'zod';

/** A function that a module exports. */
export const callable = <F extends (...numbers: number[]) => unknown>() =>
  z.custom<F>((value) => typeof value === 'function');

/** A fresh instance. `file`: the module of TypeScript with the bytes; `of`: what the kernel computes. Throws where the bytes are damaged. */
export function openModule<S extends z.ZodType>(
  bytes: Uint8Array,
  exports: S,
  { of, file }: { readonly of: string; readonly file: string },
): z.output<S> {
  try {
    const module = new WebAssembly.Module(Uint8Array.from(bytes));
    const abort = () => {
      throw new Error(`the kernel of ${of} aborted`);
    };
    return exports.parse(new WebAssembly.Instance(module, { env: { abort } }).exports);
  } catch (cause) {
    throw new Error(
      `the kernel of ${of} (${file}) is damaged: restore that file, or run npm run build:kernels`,
      { cause },
    );
  }
}
