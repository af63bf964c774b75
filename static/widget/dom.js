// A short way to make elements.

/** Makes an element. `div.meta` is a div whose class and part are both "meta", so that whatever the widget's own
 * style can reach, the page's style can reach too. A function among the attributes is a listener; false leaves an
 * attribute out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K | `${K}.${string}`} spec
 * @param {Record<string, string | number | boolean | ((event: any) => void)>} [attributes]
 * @param {(string | Node)[]} children
 * @returns {HTMLElementTagNameMap[K]} */
export function make(spec, attributes = {}, ...children) {
  const [tag, part] = spec.split('.');
  const node = /** @type {HTMLElementTagNameMap[K]} */ (document.createElement(tag));
  if (part) node.part = node.className = part;
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else if (value !== false) node.setAttribute(name, `${value}`);
  }
  node.append(...children);
  return node;
}

/** A button that does not submit.
 * @param {string} part @param {string} label @param {(event: MouseEvent) => void} click */
export const button = (part, label, click) => make(`button.${part}`, { type: 'button', click }, label);

/** @param {string} label @param {HTMLElement} field */
export const labelled = (label, field) => make('label.field', {}, label, field);

/** @param {string} words */
export const alertOf = (words) => make('p.error', { role: 'alert' }, words);
