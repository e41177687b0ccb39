/** One run or sweep: how it stands, its figures, and what can be done with it. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { percent, whole } from '../../base/format.ts';
import { nameRequestSchema, type RunRow, type RunView, runViewSchema } from '../messages.ts';
import { address, ask, fileAddress, refusalsOf, send } from './client.ts';
import { CompareBar, RunTable } from './list.tsx';
import { Heading, Loading, Markup, Problems, State } from './pieces.tsx';
import { Planes } from './planes.tsx';
import { Link } from './router.tsx';

/** Milliseconds between two drawings; and how often longer the pause is than the server's work: 4 % of a core. */
const PAUSE = 2_000;
const LONGEST_PAUSE = 15_000;
const SHARE = 24;

interface RunPageProps {
  readonly name: string;
  /** As the list has it; undefined where it does not. */
  readonly listed: RunRow | undefined;
  readonly ticked: ReadonlySet<string>;
  readonly setTicked: (names: ReadonlySet<string>) => void;
}

export function RunPage({ name, listed, ticked, setTicked }: RunPageProps) {
  const { view, problems } = useView(name, listed);
  const title = name.slice(name.lastIndexOf('/') + 1);
  if (!view) {
    return (
      <>
        <Heading title={title} />
        {problems.length > 0 ? <Problems lines={problems} /> : <Loading what="the run" />}
      </>
    );
  }
  const run = listed ?? view.run;
  return (
    <>
      <nav class="crumbs" aria-label="Where this run is">
        <Link to="/">Runs</Link>
        {run.sweep !== null && <Link to={address('/run', { name: run.sweep })}>{run.sweep}</Link>}
      </nav>
      <div class="title">
        <Heading title={title} />
        <State run={run} />
      </div>
      <p class="facts">
        {[run.task, run.algorithm, run.seed === null ? null : `seed ${run.seed}`, name]
          .filter((fact) => fact !== null)
          .join(' · ')}
      </p>
      <Actions run={run} view={view} ticked={ticked} setTicked={setTicked} />
      <Problems lines={problems} />
      {view.run.problem !== null && <Problems lines={view.run.problem.split('\n')} />}
      <Progress view={view} run={run} />
      <Tiles view={view} />
      {view.context !== '' && <p class="note">{view.context}</p>}
      {view.sections.map(({ id, title: heading, parts }) => (
        <section key={id} aria-labelledby={heading === '' ? undefined : id}>
          {heading !== '' && <h2 id={id}>{heading}</h2>}
          <div class={heading === '' ? undefined : 'figures'}>
            {id === 'ticket' && view.frames.length > 0 && (
              // Another run that took its place has another spec, and drawings of its own.
              <Planes
                key={view.spec}
                name={name}
                generations={view.frames}
                over={view.run.state === 'done'}
              />
            )}
            {parts.map((markup, index) => (
              <Markup key={index} markup={markup} />
            ))}
          </div>
        </section>
      ))}
      {view.cells.length > 0 && (
        <section aria-labelledby="cells">
          <h2 id="cells">Runs of the sweep</h2>
          <RunTable runs={view.cells} ticked={ticked} setTicked={setTicked} caption="Runs of the sweep" />
        </section>
      )}
      <Files name={name} view={view} />
      <CompareBar ticked={ticked} setTicked={setTicked} />
    </>
  );
}

/** The run as the server describes it; loaded again when it has changed and the page is visible. */
function useView(name: string, listed: RunRow | undefined) {
  const [view, setView] = useState<RunView>();
  const [problems, setProblems] = useState<readonly string[]>([]);
  const seen = useRef({ version: '', busy: false, ready: 0, first: true });
  const version = listed ? JSON.stringify([listed.changed, listed.state, listed.problem]) : '';
  const load = useCallback(async () => {
    const now = seen.current;
    now.busy = true;
    let cost = 0;
    try {
      const next = await ask(runViewSchema, '/api/run', { name });
      // The first one also loads the server's code.
      if (!now.first) cost = next.cost;
      now.first = false;
      // A run at work changes while it is read: what was drawn of it stays until it can be read again.
      const missed = next.run.state === 'running' && next.run.problem !== null;
      setView((before) => (before && missed ? before : next));
      setProblems([]);
    } catch (error) {
      setProblems(refusalsOf(error));
    }
    now.ready = performance.now() + Math.min(LONGEST_PAUSE, Math.max(PAUSE, SHARE * cost));
    now.busy = false;
  }, [name]);
  useEffect(() => {
    let timer = 0;
    const look = () => {
      const now = seen.current;
      window.clearTimeout(timer);
      if (document.hidden || (now.version === version && version !== '')) return;
      const wait = now.busy ? PAUSE : Math.max(0, now.ready - performance.now());
      timer = window.setTimeout(() => {
        if (seen.current.busy) return look();
        seen.current.version = version;
        void load();
      }, wait);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      window.clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [version, load]);
  return { view, problems };
}

interface ActionsProps extends Pick<RunPageProps, 'ticked' | 'setTicked'> {
  readonly run: RunRow;
  readonly view: RunView;
}

function Actions({ run, view, ticked, setTicked }: ActionsProps) {
  const [busy, setBusy] = useState<'stop' | 'resume'>();
  const [problems, setProblems] = useState<readonly string[]>([]);
  const { name, kind, state } = run;
  // What was asked for has happened once the state changes.
  useEffect(() => setBusy(undefined), [state]);
  const act = async (action: 'stop' | 'resume') => {
    setBusy(action);
    setProblems([]);
    try {
      await send(nameRequestSchema, `/api/${action}`, { name });
    } catch (error) {
      setProblems(refusalsOf(error));
      setBusy(undefined);
    }
  };
  const report = view.files.find(({ key }) => key === 'report.html' || key === 'sweep.html');
  const isTicked = ticked.has(name);
  return (
    <>
      <div class="actions">
        {state === 'running' && (
          <button type="button" disabled={busy !== undefined} onClick={() => void act('stop')}>
            {busy === 'stop' ? 'Stopping …' : 'Stop'}
          </button>
        )}
        {(state === 'stopped' || state === 'failed') && (
          <button
            type="button"
            class="primary"
            disabled={busy !== undefined}
            onClick={() => void act('resume')}
          >
            {busy === 'resume' ? 'Starting …' : 'Resume'}
          </button>
        )}
        {report && (
          <a class="button" href={fileAddress(name, report.key)} target="_blank" rel="noreferrer">
            Report
          </a>
        )}
        {kind === 'run' && (
          <button
            type="button"
            aria-pressed={isTicked}
            onClick={() => {
              const names = new Set(ticked);
              if (isTicked) names.delete(name);
              else names.add(name);
              setTicked(names);
            }}
          >
            {isTicked ? 'Ticked to compare' : 'Tick to compare'}
          </button>
        )}
        {kind === 'run' && view.spec !== null && (
          <Link class="button" to={address('/new', { from: name })}>
            New run like this
          </Link>
        )}
      </div>
      <Problems lines={problems} />
    </>
  );
}

function Progress({ view, run }: { readonly view: RunView; readonly run: RunRow }) {
  const bar = run.cells
    ? { at: run.cells.done, of: run.cells.total, unit: 'cells' }
    : view.progress && { ...view.progress, unit: `${view.progress.unit}s` };
  if (!bar || run.state === 'done') return null;
  return (
    <div class="progress">
      <label for="progress">{`${whole(bar.at)} of ${run.cells ? '' : 'at most '}${whole(bar.of)} ${bar.unit}`}</label>
      <progress id="progress" max={bar.of} value={bar.at}>
        {percent(bar.at / bar.of, 0)}
      </progress>
    </div>
  );
}

function Tiles({ view: { tiles } }: { readonly view: RunView }) {
  if (tiles.length === 0) return null;
  return (
    <dl class="tiles cards">
      {tiles.map(({ label, value, unit }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd class={/\d/.test(value) ? undefined : 'words'}>
            {value}
            {unit !== '' && <small>{unit}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Files({
  name,
  view: { files, spec, command, run },
}: {
  readonly name: string;
  readonly view: RunView;
}) {
  return (
    <section aria-labelledby="files">
      <h2 id="files">Files</h2>
      {files.length > 0 ? (
        <ul class="files">
          {files.map(({ key, content, size }) => (
            <li key={key}>
              <a href={fileAddress(name, key)} target="_blank" rel="noreferrer">
                {key}
              </a>
              {` ${content}`} <small>{size}</small>
            </li>
          ))}
        </ul>
      ) : (
        <p class="note">
          {run.state === 'running' ? 'They are written when it is done.' : 'There are none yet.'}
        </p>
      )}
      {command !== null && (
        <p class="note">
          In a terminal: <code>{command}</code>
        </p>
      )}
      {spec !== null && (
        <details>
          <summary>{run.kind === 'run' ? 'Run spec' : 'Sweep spec'}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached with the keyboard. */}
          <pre tabIndex={0}>
            <code>{spec}</code>
          </pre>
        </details>
      )}
    </section>
  );
}
