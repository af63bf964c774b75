// Times as people say them.

/** @type {[number, Intl.RelativeTimeFormatUnit][]} */
const steps = [[1, 'second'], [60, 'minute'], [24, 'hour'], [7, 'day'], [4.35, 'week'], [12, 'month'], [Infinity, 'year']];

/** "3 hours ago", and "now" for less than a minute; so does a clock that is a little ahead of the server's.
 * @param {string} time @param {string} locale */
export function relativeTime(time, locale) {
  let amount = Math.max(0, Date.now() - Date.parse(time)) / 60000;
  for (const [size, unit] of steps) {
    if (amount < size) return new Intl.RelativeTimeFormat(locale, { numeric: size > 1 ? 'always' : 'auto' }).format(-Math.floor(amount), unit);
    amount /= size;
  }
  return '';
}
