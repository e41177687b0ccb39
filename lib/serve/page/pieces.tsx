/** Small pieces that several views are made of. */
import { useEffect, useRef } from 'preact/hooks';
import { counted, whole } from '../../base/format.ts';
import type { RunRow } from '../messages.ts';

/** How a run or a sweep stands, with what is at work or how far it came. */
export function State({ run }: { readonly run: RunRow }) {
  const { state, cells, generation, worker } = run;
  const far = cells
    ? `${whole(cells.done)} of ${whole(cells.total)}${cells.failed > 0 ? `, ${whole(cells.failed)} failed` : ''}`
    : generation === null
      ? ''
      : `at ${whole(generation)}`;
  return (
    <span class={`state ${state}`} title={worker ?? undefined}>
      {state}
      {far !== '' && <small> {far}</small>}
    </span>
  );
}

/** Problems, a line each. */
export function Problems({
  lines,
  title,
}: {
  readonly lines: readonly string[];
  readonly title?: string | undefined;
}) {
  if (lines.length === 0) return null;
  return (
    <div class="problems" role="alert">
      {title !== undefined && <strong>{title}</strong>}
      {lines.length === 1 ? (
        <p>{lines[0]}</p>
      ) : (
        <ul>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Markup that the server made of its own figures, its texts escaped. */
export function Markup({ markup, class: name }: { readonly markup: string; readonly class?: string }) {
  // The figures of the report; and no script in them would run.
  return <div class={name} dangerouslySetInnerHTML={{ __html: markup }} />;
}

/** The heading of a view. A reader is led to it when the view changes. */
export function Heading({ title, text = title }: { readonly title: string; readonly text?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Tombola`;
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {text}
    </h1>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="loading" role="status">
      {`Loading ${what} …`}
    </p>
  );
}

export function runsCounted(count: number, of: number, sweeps: boolean): string {
  return count === of
    ? sweeps
      ? counted(of, 'run or sweep', 'runs and sweeps')
      : counted(of, 'run')
    : `${whole(count)} of ${whole(of)} shown`;
}
