// The widget as a reader meets it: its parts by the words they carry, in the page's language.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project, until } from './support.mjs';

/** The widget's own words, from the file of the language; a gap is filled from English, as the build does. */
export function wordsOf(language) {
  const read = (name) => JSON.parse(readFileSync(join(project, 'static/widget/lang', `${name}.json`), 'utf8'));
  const table = { ...read('en'), ...read(language) };
  const plurals = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const entry = table[key];
    if (entry === undefined) throw new Error(`${language}.json has no word for "${key}"`);
    const text = typeof entry === 'string' ? entry : entry[plurals.select(Number(values.n))] ?? entry.other;
    return text.replace(/{(\w+)}/g, (_, name) => values[name].toLocaleString(language));
  };
}

/** The server turns away who writes quicker than people do; milliseconds. */
export const PACE = 1600;

export class Widget {
  constructor(page, language = 'en') {
    this.page = page;
    this.word = wordsOf(language);
    this.element = page.locator('afterword-comments');
    /** The form for a new comment; replies and edits have theirs inside a comment. */
    this.form = this.element.locator('.content > form');
    this.title = this.element.locator('.title');
    this.notice = this.element.locator('.notice');
    this.status = this.element.getByRole('status');
    this.streaming = false;
    page.on('response', (answer) => { if (answer.url().includes('/api/v1/stream?')) this.streaming = true; });
  }

  /** Opens a page that carries the widget and waits until it can be used. */
  static async open(context, url, language) {
    const page = context.pages().find((one) => one.url() === 'about:blank') ?? await context.newPage();
    const widget = new Widget(page, language);
    await page.goto(url);
    await widget.ready();
    return widget;
  }

  async ready() {
    await this.form.waitFor();
  }

  async reload() {
    this.streaming = false;
    await this.page.reload();
    await this.ready();
  }

  /** Waits until it hears of what happens from now on. */
  async listening() {
    await until(() => this.streaming, 'the live stream to open');
  }

  /** Its comments' articles, or the one that says `text`. */
  comments(text) {
    const all = this.element.getByRole('article');
    return text === undefined ? all : all.filter({ has: this.page.locator('.body', { hasText: text }) });
  }

  button(within, key, options = {}) {
    return within.getByRole('button', { name: this.word(key), exact: true, ...options });
  }

  field(within, key) {
    return within.getByLabel(this.word(key), { exact: true });
  }

  /** Writes into a form, with a name where it asks for one, and sends it at a person's pace. */
  async write(form, text, { name = 'Ann', send = true, pace = PACE } = {}) {
    await form.getByRole('textbox').first().fill(text);
    const asks = this.field(form, 'name');
    if (await asks.count()) await asks.fill(name);
    if (!send) return;
    await this.page.waitForTimeout(pace);
    await form.locator('.submit').click();
  }

  /** Posts a new comment and waits until it stands on the page. */
  async post(text, options) {
    await this.write(this.form, text, options);
    const posted = this.comments(text);
    await posted.waitFor();
    return posted;
  }

  async reply(comment, text, options) {
    await this.button(comment, 'reply').first().click();
    await this.write(comment.locator('form'), text, options);
    const posted = this.comments(text);
    await posted.waitFor();
    return posted;
  }

  async edit(comment, text) {
    await this.button(comment, 'edit').click();
    const form = comment.locator('form');
    await form.getByRole('textbox').fill(text);
    await form.locator('.submit').click();
  }

  async vote(comment, direction) {
    await this.button(comment, direction).click();
  }

  async score(comment) {
    return Number(await comment.locator('.score').textContent());
  }

  async hasScore(comment, score) {
    await until(async () => await this.score(comment) === score, `a score of ${score}`);
  }

  pressed(comment, direction) {
    return this.button(comment, direction).getAttribute('aria-pressed');
  }

  async texts() {
    return (await this.comments().locator('.body').allInnerTexts()).map((text) => text.trim());
  }

  /** Whether the keyboard is inside `locator`. */
  async hasFocus(locator) {
    return locator.evaluate((node) => node.matches(':focus') || node.getRootNode().activeElement === node);
  }
}
