import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';

const look = readFileSync(new URL('../../pages/look-in-browser.js', import.meta.url), 'utf8');

/** What a browser says of every page that is refused on purpose; the pages themselves are looked at. */
const refusals = /^Failed to load resource: the server responded with a status of (403|404|410|422) /;

export const phone = { width: 390, height: 844 };
export const desk = { width: 1280, height: 900 };

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    timeout: 120_000,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** One person with a browser of their own, who reads labels and presses buttons. */
export class BrowserVisitor {
  readonly page: Page;
  /** Whatever the browser complained about: scripts, styles, the policy. */
  readonly complaints: string[] = [];

  static async come(browser: Browser, viewport: { width: number; height: number }): Promise<BrowserVisitor> {
    const context = await browser.newContext({ viewport, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
    return new BrowserVisitor(await context.newPage());
  }

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => {
      if (!refusals.test(message.text())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** Opens an address and looks at the page as a whole. The status. */
  async visit(address: string): Promise<number> {
    const answer = await undisturbed(() => this.page.goto(address));
    await this.examine();
    return answer?.status() ?? 0;
  }

  /** No sideways scrolling, every control named and large enough to touch, no reference into nothing. */
  async examine(): Promise<void> {
    const url = this.page.url();
    expect([url, await undisturbed(() => this.page.evaluate(look))]).toMatchObject([
      url,
      {
        tooWide: 0,
        unlabelled: [],
        unnamedGroups: 0,
        tooSmall: [],
        dangling: [],
        doubled: [],
        language: 'ja',
      },
    ]);
  }

  title(): Promise<string> {
    return this.page.title();
  }

  async text(): Promise<string> {
    return (await this.page.locator('main').textContent()) ?? '';
  }

  /** Types into the field of this label; what stands beside it (必須, help) does not matter. */
  async type(label: string, value: string): Promise<void> {
    await this.page.getByRole('textbox', { name: label }).first().fill(value);
  }

  /** A day, or a day and a time, as a picker would enter it. */
  async date(label: string, value: string): Promise<void> {
    await this.page.getByLabel(label).first().fill(value);
  }

  /** Presses the label of a radio button or of a box, as one does on a phone. */
  async choose(...labels: string[]): Promise<void> {
    for (const label of labels)
      await this.page.locator('label.choice').filter({ hasText: label }).first().click();
  }

  /** Every box of the form that is not ticked yet. */
  async tickAll(): Promise<void> {
    const unticked = this.page.locator('label.choice:has(input[type=checkbox]:not(:checked)):visible');
    while ((await unticked.count()) > 0) await unticked.first().click();
  }

  /** Presses the button and looks at the page that comes. */
  async press(button: string): Promise<void> {
    const came = this.page.waitForEvent('load');
    await this.page.getByRole('button', { name: button }).click();
    await came;
    await this.examine();
  }

  /** What a link with this name downloads. */
  async download(link: string | RegExp): Promise<Buffer> {
    const downloading = this.page.waitForEvent('download');
    await this.page.getByRole('link', { name: link }).first().click();
    const file = join(mkdtempSync(join(tmpdir(), 'hikkoshi-download-')), 'file');
    await (await downloading).saveAs(file);
    const content = readFileSync(file);
    rmSync(join(file, '..'), { recursive: true });
    return content;
  }
}

/** A page of the console that looks again by itself can do so at that very moment: then it is done once more. */
async function undisturbed<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      const disturbed = /interrupted by another navigation|Execution context was destroyed/.test(
        String(error),
      );
      if (!disturbed || attempt === 3) throw error;
    }
  }
}
