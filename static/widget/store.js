// What a reader's browser remembers: their token for this site, their name, their drafts. Where storage is blocked
// or full it is remembered until the page is left.

/** @type {Map<string, string>} */
const memory = new Map();

/** @param {string} key */
export function recall(key) {
  let value = memory.get(key);
  try {
    value ??= localStorage.getItem(key) ?? '';
  } catch {
    // Blocked.
  }
  return value ?? '';
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
