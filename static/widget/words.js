// The widget's words in the page's language. The build fills gaps in a language from English.

/** @typedef {Record<string, string | Record<string, string>>} Table */
/** @typedef {(key: string, values?: Record<string, string | number>) => string} Word */

/** @typedef {Awaited<ReturnType<typeof loadWords>>} Words */

/** @param {import('./embed.js').Boot} boot @param {Element} host */
export async function loadWords(boot, host) {
  let [words, locale] = boot.languageOf(host);
  /** @returns {Promise<Table>} */
  const read = async () => {
    const answer = await boot.get(`${boot.assets}${words}.json`);
    if (!answer.ok) throw answer;
    return answer.json();
  };
  // English words are better than none; without those either there is nothing to show.
  const table = await read().catch(() => {
    words = locale = 'en';
    return read();
  });
  /** @type {Intl.PluralRules} */
  let plurals;
  try {
    plurals = new Intl.PluralRules(locale);
  } catch {
    // The page's own way of naming its language, `de_DE` for one, is not always a proper name.
    plurals = new Intl.PluralRules((locale = words));
  }

  /** A number among the values chooses the plural form and is written the language's way.
   * @type {Word} */
  const word = (key, values = {}) => {
    /** @type {any} */
    const entry = table[key] ?? key;
    /** @type {string} */
    const text = entry[plurals.select(/** @type {number} */ (values.n))] ?? entry.other ?? entry;
    return text.replace(/{(\w+)}/g, (_, name) => values[name].toLocaleString(locale));
  };
  return { word, locale, words };
}
