// The widget's words in the page's language. The build fills gaps in a language from English.

/** @typedef {Record<string, string | Record<string, string>>} Table */
/** @typedef {(key: string, values?: Record<string, string | number>) => string} Word */

/** The page's own way of naming its language, unless it is no proper name.
 * @param {string[]} names */
const usable = ([words, locale]) => {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return words;
  }
};

/** @param {import('./embed.js').Boot} boot @param {Element} host */
export async function loadWords(boot, host) {
  const language = boot.languageOf(host);
  const [words] = language;
  const locale = usable(language);
  /** @type {Table} */
  const table = await boot.get(`${boot.assets}${words}.json`).then((answer) => answer.json()).catch(() => ({}));
  const plurals = new Intl.PluralRules(locale);

  /** A number among the values chooses the plural form and is written the language's way.
   * @type {Word} */
  const word = (key, values = {}) => {
    const entry = table[key] ?? key;
    const text = typeof entry === 'string' ? entry : (entry[plurals.select(Number(values.n))] ?? entry.other);
    return text.replace(/{(\w+)}/g, (_, name) => values[name].toLocaleString(locale));
  };
  return { word, locale, words };
}
