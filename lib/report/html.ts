/** HTML as a type of its own: text becomes markup only through `html`, which escapes it. */

export class Html {
  readonly markup: string;

  /** `markup` is taken as it is: only for markup that this program made. */
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** False and nothing are left out. */
export type HtmlContent = Html | string | number | readonly Html[] | false | null | undefined;

/** A template whose values are escaped, unless they are markup already; lists of markup are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlContent[]): Html {
  return new Html(parts.reduce((before, part, index) => before + markupOf(values[index - 1]) + part));
}

function markupOf(value: HtmlContent): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(({ markup }) => markup).join('');
  return escapeText(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute. A number and its percent sign stay on one line. */
export function escapeText(text: string): string {
  return text
    .replace(/(?<=\d) (?=%)/g, '\u00a0')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
