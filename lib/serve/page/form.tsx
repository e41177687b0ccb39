/** Starts a run, from a form that is made of the run spec's JSON Schema. */
import { useEffect, useId, useMemo, useState } from 'preact/hooks';
import { checkedSchema, type FormData, formSchema, nameRequestSchema } from '../messages.ts';
import { address, ask, refusalsOf, send } from './client.ts';
import { Field, Fields, type FormState } from './fields.tsx';
import { Heading, Loading, Problems } from './pieces.tsx';
import { go } from './router.tsx';
import { type Node, nodeSchema, type Values, valueIn, withValue } from './spec-values.ts';

/** Milliseconds after the last change before the server is asked about it. */
const PAUSE = 300;

/** The titles of the spec's sections, in the order of the form; those of algorithms come after them. */
const SECTIONS: Readonly<Record<string, string>> = {
  task: 'Data',
  network: 'Network',
  search: 'Search',
  stop: 'When it stops',
  pruning: 'Pruning pass',
  budget: 'Budget',
};
/** How work is cut in the cloud, which is nothing to a run here. */
const LEFT_OUT: readonly string[] = ['evaluation', 'preset', 'algorithm', 'seed'];

/** `from`: the run whose spec it begins with. */
export function RunForm({ from }: { readonly from: string | null }) {
  const [form, setForm] = useState<FormData>();
  const [problems, setProblems] = useState<readonly string[]>([]);
  useEffect(() => {
    ask(formSchema, '/api/form', from === null ? {} : { from }).then(setForm, (error: unknown) =>
      setProblems(refusalsOf(error)),
    );
  }, [from]);
  return (
    <>
      <Heading title="New run" />
      <Problems lines={problems} />
      {form ? <Form form={form} /> : problems.length === 0 && <Loading what="the form" />}
    </>
  );
}

function Form({ form }: { readonly form: FormData }) {
  const [values, setValues] = useState<Values>(form.written ?? { preset: form.defaultPreset });
  const [name, setName] = useState('');
  const [workers, setWorkers] = useState('');
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const [starting, setStarting] = useState(false);
  const root = useMemo(() => nodeSchema.parse(form.schema), [form]);
  const preset = form.presets.find((one) => one.name === values.preset);
  const base: Values = preset?.spec ?? {};
  useEffect(() => {
    // Answers may come in another order than they were asked for.
    let old = false;
    const told = (lines: readonly string[]) => {
      if (!old) setProblems(lines);
    };
    const timer = setTimeout(() => {
      send(checkedSchema, '/api/check', { spec: values }).then(
        (answer) => told(answer.problems),
        (error: unknown) => told(refusalsOf(error)),
      );
    }, PAUSE);
    return () => {
      old = true;
      clearTimeout(timer);
    };
  }, [values]);
  const state: FormState = {
    values,
    base,
    problems,
    set: (path, value) => setValues((before) => withValue(before, path, value)),
  };
  const start = async (event: Event) => {
    event.preventDefault();
    setStarting(true);
    setRefused([]);
    const folder = name.trim() === '' ? {} : { name: name.trim() };
    const threads = workers.trim() === '' ? {} : { workers: Number(workers) };
    try {
      const started = await send(nameRequestSchema, '/api/start', { spec: values, ...folder, ...threads });
      go(address('/run', { name: started.name }));
    } catch (error) {
      setRefused(refusalsOf(error));
      setStarting(false);
    }
  };
  const algorithm = String(values.algorithm ?? base.algorithm ?? '');
  return (
    <form class="run-form" onSubmit={(event) => void start(event)} noValidate>
      <div class="fields first">
        <PresetField form={form} values={values} setValues={setValues} />
        <Part node={root} keys={['algorithm', 'seed']} state={state} />
        <TextField
          label="Name"
          value={name}
          set={setName}
          hint="Name of the folder in runs/. If empty: preset, seed and time."
        />
        <TextField
          label="Threads"
          value={workers}
          set={setWorkers}
          hint="If empty: one for each core. The result is the same for any number."
        />
      </div>
      {sectionsOf(root, form.heeds, algorithm).map(([key, title, node]) => (
        <details key={key} open={key === 'task' && !preset}>
          <summary>
            {title}
            <Changed value={valueIn(values, [key])} wrong={problems.some((line) => line.startsWith(key))} />
          </summary>
          {node.oneOf || !node.properties ? (
            <Field node={node} path={[key]} form={state} />
          ) : (
            <Fields node={node} path={[key]} form={state} />
          )}
        </details>
      ))}
      <Problems
        title={
          problems.length > 0 && refused.length === 0
            ? 'This spec cannot be run yet'
            : 'The run has not been started'
        }
        lines={refused.length > 0 ? refused : problems}
      />
      <p class="actions">
        <button type="submit" class="primary" disabled={starting || problems.length > 0}>
          {starting ? 'Starting …' : 'Start the run'}
        </button>
      </p>
      <details>
        <summary>The spec as JSON</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached with the keyboard. */}
        <pre tabIndex={0}>
          <code>{JSON.stringify(values, null, 2)}</code>
        </pre>
      </details>
    </form>
  );
}

/** The sections, without those that the algorithm ignores. */
function sectionsOf(
  { properties = {} }: Node,
  heeds: FormData['heeds'],
  algorithm: string,
): (readonly [key: string, title: string, node: Node])[] {
  const owned = new Set(Object.values(heeds).flat());
  const own = heeds[algorithm] ?? [];
  const first = Object.keys(SECTIONS);
  const keys = [...first, ...Object.keys(properties).filter((key) => !first.includes(key))];
  return keys.flatMap((key) => {
    const node = properties[key];
    if (!node || LEFT_OUT.includes(key) || (owned.has(key) && !own.includes(key))) return [];
    return [[key, SECTIONS[key] ?? (node.properties ? `Settings of ${algorithm}` : 'Other settings'), node]];
  });
}

/** Some fields of an object. */
function Part({
  node,
  keys,
  state,
}: {
  readonly node: Node;
  readonly keys: string[];
  readonly state: FormState;
}) {
  return (
    <>
      {keys.map((key) => {
        const below = node.properties?.[key];
        return below && <Field key={key} node={below} path={[key]} form={state} />;
      })}
    </>
  );
}

function Changed({ value, wrong }: { readonly value: unknown; readonly wrong: boolean }) {
  if (value === undefined && !wrong) return null;
  return <small class={wrong ? 'wrong' : undefined}>{wrong ? ' not valid yet' : ' changed'}</small>;
}

interface PresetFieldProps {
  readonly form: FormData;
  readonly values: Values;
  readonly setValues: (values: Values) => void;
}

/** Another preset is another task: what was written over the one before does not stay, but the algorithm and the seed. */
function PresetField({ form, values, setValues }: PresetFieldProps) {
  const id = useId();
  const chosen = form.presets.find(({ name }) => name === values.preset);
  const choose = (preset: string) => {
    const kept = Object.fromEntries(
      Object.entries(values).filter(([key]) => ['algorithm', 'seed'].includes(key)),
    );
    setValues(preset === '' ? { ...kept, task: { dataset: 'files' } } : { preset, ...kept });
  };
  return (
    <div class="field wide">
      <label for={id}>Task</label>
      <select
        id={id}
        value={chosen?.name ?? ''}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="">my own data</option>
        {form.presets.map(({ name, description }) => (
          <option key={name} value={name}>{`${name}: ${description}`}</option>
        ))}
      </select>
      {!chosen && <p class="hint">Name the file under Data: a path from where the server was started.</p>}
    </div>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly set: (text: string) => void;
  readonly hint: string;
}

function TextField({ label, value, set, hint }: TextFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        spellcheck={false}
        aria-describedby={`${id}-hint`}
        value={value}
        onInput={({ currentTarget }) => set(currentTarget.value)}
      />
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
