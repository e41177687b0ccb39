/** The page: its frame, and the view that its address names. */
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { CloudRuns } from './cloud.tsx';
import { Compare } from './compare.tsx';
import { RunForm } from './form.tsx';
import { RunList } from './list.tsx';
import { type LiveRuns, useLiveRuns } from './live-runs.ts';
import { Heading } from './pieces.tsx';
import { Link, usePlace } from './router.tsx';
import { RunPage } from './run.tsx';

const VIEWS = [
  { path: '/', label: 'Runs' },
  { path: '/new', label: 'New run' },
  { path: '/cloud', label: 'AWS' },
] as const;

function Page() {
  const place = usePlace();
  const name = place.pathname === '/run' ? (place.searchParams.get('name') ?? undefined) : undefined;
  const live = useLiveRuns(name);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="bar">
        <Link to="/" class="brand">
          <img src="/icon.svg" alt="" width="26" height="26" />
          Tombola
        </Link>
        <nav aria-label="Views">
          {VIEWS.map(({ path, label }) => (
            <Link key={path} to={path} current={place.pathname === path}>
              {label}
            </Link>
          ))}
        </nav>
      </header>
      {!live.connected && (
        <p class="lost" role="alert">
          The server does not answer: what you see may be old. This page continues by itself when it answers
          again.
        </p>
      )}
      <main id="main">
        <View place={place} live={live} ticked={ticked} setTicked={setTicked} />
      </main>
      <p class="hidden" role="status" aria-live="polite">
        {live.announced}
      </p>
    </>
  );
}

interface ViewProps {
  readonly place: URL;
  readonly live: LiveRuns;
  readonly ticked: ReadonlySet<string>;
  readonly setTicked: (names: ReadonlySet<string>) => void;
}

function View({ place, live, ticked, setTicked }: ViewProps) {
  const names = place.searchParams.getAll('name');
  const [name = ''] = names;
  switch (place.pathname) {
    case '/':
      return <RunList runs={live.runs} ticked={ticked} setTicked={setTicked} />;
    case '/run':
      return (
        <RunPage key={name} name={name} listed={live.runs?.get(name)} ticked={ticked} setTicked={setTicked} />
      );
    case '/compare':
      return <Compare key={place.search} names={names} />;
    case '/new':
      return <RunForm key={place.search} from={place.searchParams.get('from')} />;
    case '/cloud':
      return <CloudRuns />;
    default:
      return <Heading title="There is nothing here" />;
  }
}

const root = document.getElementById('page');
if (root) render(<Page />, root);
