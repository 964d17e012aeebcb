import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { mailPageHeaders, securityHeaders } from '../../functions/pages/security-headers.ts';
import { everyPage } from './every-page.ts';

/** What only a browser can tell: does it fit a phone, is everything labelled and large enough, does the policy let it be. */
let server: Server;
let browser: BrowserContext;
let page: Page;
const profile = mkdtempSync(join(tmpdir(), 'hikkoshi-chromium-'));
const complaints: string[] = [];
const look = readFileSync(new URL('./look-in-browser.js', import.meta.url), 'utf8');

beforeAll(async () => {
  server = createServer((request, response) => {
    const sample = everyPage.find(({ name }) => `/${name}` === request.url);
    const headers = sample?.name === 'mail' ? mailPageHeaders : securityHeaders;
    response.writeHead(sample ? 200 : 404, { ...headers, 'content-type': 'text/html; charset=utf-8' });
    response.end(sample?.render(sample.view as never) ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await chromium.launchPersistentContext(profile, {
    timeout: 120_000,
    executablePath: '/usr/bin/chromium',
    headless: true,
    viewport: { width: 390, height: 844 },
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
  page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  page.on('console', (message) => {
    // One form asks for the passwords of several servers, and is meant to.
    if (!message.text().startsWith('[DOM] Multiple forms should be')) complaints.push(message.text());
  });
});

afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => server?.close(resolve));
  rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
});

describe.each(everyPage)('$name', ({ name }) => {
  test('fits a phone, is labelled, large enough to touch, and breaks no policy', async () => {
    complaints.length = 0;
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`);
    const seen = (await page.evaluate(look)) as { summary: boolean; focused?: string };
    expect(seen).toMatchObject({
      tooWide: 0,
      unlabelled: [],
      unnamedGroups: 0,
      tooSmall: [],
      dangling: [],
      doubled: [],
      language: 'ja',
    });
    if (seen.summary) expect(seen.focused).toBe('summary');
    expect(complaints).toEqual([]);
  });
});
