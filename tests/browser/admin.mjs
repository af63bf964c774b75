// The dashboard as a moderator meets it.

import { ADMIN, until } from './support.mjs';

export class Admin {
  constructor(page, server) {
    this.page = page;
    this.server = server;
    this.flash = page.locator('.flash');
  }

  static async open(context, server) {
    const admin = new Admin(await context.newPage(), server);
    await admin.signIn();
    return admin;
  }

  button(name, within = this.page) {
    return within.getByRole('button', { name });
  }

  link(name, within = this.page) {
    return within.getByRole('link', { name });
  }

  async go(path) {
    await this.page.goto(`${this.server.url}/admin${path}`);
  }

  async signIn({ email = ADMIN.email, password = ADMIN.password } = {}) {
    await this.go('/');
    await this.page.getByLabel('Email').fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.button('Sign in').click();
  }

  /** Waits until somebody is signed in: only then there is a menu, open or not. */
  async signedIn() {
    await this.page.locator('#menu').waitFor({ state: 'attached' });
  }

  /** On a narrow screen the pages and the way out are behind a button. */
  async openMenu() {
    await this.signedIn();
    const menu = this.button('Menu');
    if (await menu.isVisible()) await menu.click();
    return this.page.locator('#menu');
  }

  async signOut() {
    await this.button('Sign out', await this.openMenu()).click();
  }

  /** The comment in the queue that says `text`. */
  item(text) {
    return this.page.getByRole('article').filter({ hasText: text });
  }

  /** One of the queue's verbs on one comment: Approve, Spam or Delete. */
  async act(text, verb) {
    await this.button(new RegExp(`^${verb}`), this.item(text)).click();
    await this.item(text).waitFor({ state: 'detached' });
  }

  async undo() {
    await this.button('Undo').click();
  }

  async select(text) {
    await this.item(text).getByRole('checkbox').check();
  }

  async bulk(verb) {
    await this.button(verb, this.page.getByRole('group', { name: 'For the selected comments' })).click();
  }

  async heading() {
    return (await this.page.getByRole('heading', { level: 1 }).textContent()).trim();
  }

  async isAt(path) {
    await until(() => new URL(this.page.url()).pathname === path, `${path} to open; it is ${this.page.url()}`);
  }
}
