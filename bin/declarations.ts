/** The types of the library, as the package holds them: for programs, and for the page of its API. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

/** The library, and the files that its types are in. */
const FILES = [
  'lib/library/library.ts',
  'lib/library/own.ts',
  'lib/library/predict.ts',
  'lib/library/run.ts',
  'lib/library/search-options.ts',
];

/** Declarations by their paths in the package. Throws where a type is not written out. */
export async function libraryDeclarations(root: string): Promise<Map<string, string>> {
  const declared = new Map<string, string>();
  for (const fileName of FILES) {
    const { outputText, diagnostics = [] } = ts.transpileDeclaration(
      await readFile(join(root, fileName), 'utf8'),
      { fileName, reportDiagnostics: true, compilerOptions: { isolatedDeclarations: true } },
    );
    const [problem] = diagnostics;
    if (problem)
      throw new Error(`${fileName}: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')}`);
    const text = outputText.replaceAll(/(\bfrom ')(\.[^']*)\.ts'/g, "$1$2.js'");
    declared.set(fileName.replace(/\.ts$/, '.d.ts'), text);
  }
  return declared;
}

/** By which a page that was made of them is known to be out of date. */
export function digestOf(declared: ReadonlyMap<string, string>): string {
  return createHash('sha256')
    .update(JSON.stringify([...declared]))
    .digest('hex')
    .slice(0, 16);
}
