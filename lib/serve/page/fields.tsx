/** Fields of the form, each made of its part of the schema. */
import { useId } from 'preact/hooks';
import {
  decidingKey,
  labelOf,
  type Node,
  problemsAt,
  typedText,
  typedValue,
  type Values,
  valueIn,
} from './spec-values.ts';

export interface FormState {
  /** The spec as far as it is written. */
  readonly values: Values;
  /** Values of the fields that are not written. */
  readonly base: Values;
  readonly problems: readonly string[];
  readonly set: (path: readonly string[], value: unknown) => void;
}

interface FieldProps {
  readonly node: Node;
  readonly path: readonly string[];
  readonly form: FormState;
}

/** Filled in by Tombola. */
const HIDDEN: readonly string[] = ['found'];

/** The field, or the fields that it has in itself. */
export function Field({ node, path, form }: FieldProps) {
  if (node.oneOf) return <Alternatives node={node} path={path} form={form} />;
  if (node.properties) {
    return (
      <fieldset>
        <legend>{labelOf(path.at(-1) ?? '')}</legend>
        <Fields node={node} path={path} form={form} />
      </fieldset>
    );
  }
  return <Single node={node} path={path} form={form} />;
}

/** The fields of an object. */
export function Fields({ node, path, form }: FieldProps) {
  const { values, base, problems } = form;
  const general = problemsAt(problems, path.join('.'));
  return (
    <div class="fields">
      {general.length > 0 && <p class="wrong">{general.join(' ')}</p>}
      {Object.entries(node.properties ?? {})
        .filter(([key, { const: fixed }]) => fixed === undefined && !HIDDEN.includes(key))
        .map(([key, below]) => (
          <Field key={key} node={below} path={[...path, key]} form={{ ...form, values, base }} />
        ))}
    </div>
  );
}

/** Objects that a key tells apart: it is chosen first. */
function Alternatives({ node, path, form }: FieldProps) {
  const { values, base, set } = form;
  const key = decidingKey(node) ?? '';
  const own = valueIn(values, [...path, key]);
  const below = valueIn(base, [...path, key]);
  const chosen = own ?? below;
  const options = (node.oneOf ?? []).map((one) => String(one.properties?.[key]?.const));
  const alternative = node.oneOf?.[options.indexOf(String(chosen))];
  const id = useId();
  return (
    <fieldset>
      <legend>{labelOf(path.at(-1) ?? '')}</legend>
      <div class="field">
        <label for={id}>{labelOf(key)}</label>
        <select
          id={id}
          value={own === undefined ? '' : String(own)}
          onChange={({ currentTarget: { value } }) => set(path, value === '' ? undefined : { [key]: value })}
        >
          <option value="">{below === undefined ? 'Choose …' : `${String(below)} (default)`}</option>
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
        <Hint text={alternative?.description ?? node.description} />
      </div>
      {alternative && (
        <Fields
          node={alternative}
          path={path}
          // What the base says of another kind is nothing to this one.
          form={own === undefined || own === below ? form : { ...form, base: {} }}
        />
      )}
    </fieldset>
  );
}

function Single({ node, path, form: { values, base, problems, set } }: FieldProps) {
  const id = useId();
  const name = path.join('.');
  const value = valueIn(values, path);
  const below = valueIn(base, path) ?? node.default;
  const wrong = problemsAt(problems, name);
  const described = [
    ...(wrong.length > 0 ? [`${id}-wrong`] : []),
    ...(node.description ? [`${id}-hint`] : []),
  ];
  const common = {
    id,
    name,
    'aria-invalid': wrong.length > 0,
    'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
  };
  const choices = node.type === 'boolean' ? [true, false] : node.enum;
  return (
    <div class={wrong.length > 0 ? 'field invalid' : 'field'}>
      <label for={id}>{labelOf(path.at(-1) ?? '')}</label>
      {choices ? (
        <select
          {...common}
          value={value === undefined ? '' : String(value)}
          onChange={({ currentTarget: { value: text } }) =>
            set(
              path,
              choices.find((choice) => String(choice) === text),
            )
          }
        >
          <option value="">{below === undefined ? 'automatic' : `${wordOf(below)} (default)`}</option>
          {choices.map((choice) => (
            <option key={String(choice)} value={String(choice)}>
              {wordOf(choice)}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type="text"
          inputMode={node.type === 'integer' ? 'numeric' : undefined}
          autoComplete="off"
          spellcheck={false}
          placeholder={typedText(below)}
          value={typedText(value)}
          onChange={({ currentTarget }) => set(path, typedValue(node, currentTarget.value))}
        />
      )}
      {wrong.length > 0 && (
        <p class="wrong" id={`${id}-wrong`}>
          {wrong.join(' ')}
        </p>
      )}
      <Hint id={`${id}-hint`} text={hintOf(node, value ?? below)} />
    </div>
  );
}

/** The description of the chosen value, if each choice has one. */
function hintOf({ description, enum: choices = [] }: Node, value: unknown): string | undefined {
  const about = `${String(value)}: `;
  const parts = description?.split('; ') ?? [];
  const one = choices.length > 0 ? parts.find((part) => part.startsWith(about)) : undefined;
  return one?.slice(about.length) ?? description;
}

function wordOf(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}

function Hint({ id, text }: { readonly id?: string; readonly text: string | undefined }) {
  return text === undefined ? null : (
    <p class="hint" id={id}>
      {text}
    </p>
  );
}
