// What a reader's browser remembers: their token for this site, their name, their drafts. Where storage is blocked
// or full it is remembered until the page is left.

/** @type {Map<string, string>} */
const memory = new Map();

/** @param {string} key */
export function recall(key) {
  try {
    return memory.get(key) ?? localStorage.getItem(key) ?? '';
  } catch {
    // Blocked.
    return '';
  }
}

/** An empty value forgets.
 * @param {string} key @param {string} value */
export function remember(key, value) {
  memory.set(key, value);
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // The memory has it.
  }
}
