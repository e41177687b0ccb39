/** The decision regions of two-dimensional data, generation by generation. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { counted, whole } from '../../base/format.ts';
import { fragmentSchema } from '../messages.ts';
import { ask, refusalsOf } from './client.ts';
import { Markup, Problems } from './pieces.tsx';

/** Milliseconds a generation is shown when they are played. */
const BEAT = 450;

interface PlanesProps {
  readonly name: string;
  /** Oldest first. */
  readonly generations: readonly number[];
  /** Whether the run is over: then the last drawing is that of the ticket. */
  readonly over: boolean;
}

export function Planes({ name, generations, over }: PlanesProps) {
  const [markup, setMarkup] = useState('');
  const [problems, setProblems] = useState<readonly string[]>([]);
  /** Undefined: the newest, whichever that is. */
  const [chosen, setChosen] = useState<number>();
  const [playing, setPlaying] = useState(false);
  const drawn = useRef(new Map<string, string>());
  const last = generations.length - 1;
  const place = chosen === undefined ? last : Math.max(0, generations.indexOf(chosen));
  const generation = generations[place] ?? 0;
  useEffect(() => {
    let gone = false;
    // The best mask of the last generation is not yet the ticket.
    const drawing = `${generation} ${over}`;
    const show = async () => {
      try {
        const found =
          drawn.current.get(drawing) ??
          (await ask(fragmentSchema, '/api/plane', { name, generation: String(generation) })).markup;
        drawn.current.set(drawing, found);
        if (gone) return;
        setMarkup(found);
        setProblems([]);
      } catch (error) {
        if (!gone) setProblems(refusalsOf(error));
      }
    };
    void show();
    return () => {
      gone = true;
    };
  }, [name, generation, over]);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => {
      if (place < last) setChosen(generations[place + 1]);
      else setPlaying(false);
    }, BEAT);
    return () => clearTimeout(timer);
  }, [playing, place, last, generations]);
  const play = () => {
    if (!playing && place === last) setChosen(generations[0]);
    setPlaying(!playing);
  };
  return (
    <div class="planes">
      <Problems lines={problems} />
      <Markup markup={markup} />
      {generations.length > 1 && (
        <fieldset>
          <legend class="hidden">Decision regions by generation</legend>
          <label for="frame">{`After generation ${whole(generation)}`}</label>
          <input
            id="frame"
            type="range"
            min={0}
            max={last}
            value={place}
            aria-valuetext={`generation ${whole(generation)}`}
            onInput={({ currentTarget }) => {
              setPlaying(false);
              const at = Number(currentTarget.value);
              setChosen(at === last ? undefined : generations[at]);
            }}
          />
          <p>
            <button type="button" onClick={play}>
              {playing ? 'Pause' : 'Play'}
            </button>
            <button type="button" disabled={chosen === undefined} onClick={() => setChosen(undefined)}>
              {over ? 'Show the ticket' : 'Follow the run'}
            </button>
            <small>{`${counted(generations.length, 'generation')} seen while this page was open`}</small>
          </p>
        </fieldset>
      )}
    </div>
  );
}
