/** Tables of numbers. */
import { type Html, type HtmlContent, html } from '../html.ts';

/** In each row the first cell says what the row is about; the others are numbers. */
export function numbersTable(
  caption: string,
  [first = '', ...heads]: readonly string[],
  rows: readonly (readonly HtmlContent[])[],
): Html {
  const body = rows.map(
    ([name, ...numbers]) =>
      html`<tr><th scope="row">${name}</th>${numbers.map((number) => html`<td class="number">${number}</td>`)}</tr>`,
  );
  const corner = first === '' ? html`<td></td>` : html`<th scope="col">${first}</th>`;
  return html`<div class="scroll" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${corner}${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead>
<tbody>${body}</tbody>
</table></div>`;
}
