/** The page's own addresses: a change of them loads nothing anew. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** The one that is shown. The token is in the cookie by now: it stays in no history. */
function currentPlace(): URL {
  const place = new URL(window.location.href);
  if (place.searchParams.has('token')) {
    place.searchParams.delete('token');
    window.history.replaceState(null, '', place);
  }
  return place;
}

const CHANGED = 'tombola:place';

export function go(path: string): void {
  window.history.pushState(null, '', path);
  window.dispatchEvent(new Event(CHANGED));
  window.scrollTo(0, 0);
}

export function usePlace(): URL {
  const [place, setPlace] = useState(currentPlace);
  useEffect(() => {
    const update = () => setPlace(currentPlace());
    for (const event of ['popstate', CHANGED]) window.addEventListener(event, update);
    return () => {
      for (const event of ['popstate', CHANGED]) window.removeEventListener(event, update);
    };
  }, []);
  return place;
}

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

export function Link({ to, class: name, current, children }: LinkProps) {
  const follow = (event: MouseEvent) => {
    // A new tab or window is the browser's.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} class={name} aria-current={current ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}
