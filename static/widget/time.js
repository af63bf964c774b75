// Times as people say them.

/** @type {[number, Intl.RelativeTimeFormatUnit][]} */
const steps = [[60, 'minute'], [24, 'hour'], [7, 'day'], [4.35, 'week'], [12, 'month'], [Infinity, 'year']];

/** "3 hours ago"; a clock that is a little ahead of the server's counts as now.
 * @param {string} time @param {string} locale */
export function relativeTime(time, locale) {
  let amount = (Date.now() - Date.parse(time)) / 60000;
  if (amount < 1) return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(0, 'second');
  for (const [size, unit] of steps) {
    if (amount < size) return new Intl.RelativeTimeFormat(locale).format(-Math.floor(amount), unit);
    amount /= size;
  }
  return '';
}

/** @param {string} time @param {string} locale */
export const exactTime = (time, locale) =>
  new Date(time).toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short' });
