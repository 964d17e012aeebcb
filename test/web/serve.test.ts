import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answers } from '../../local/play/answers.ts';
import { type Serving, serve } from '../../local/serve.ts';
import { expectManners } from './manners.ts';
import { formBody, Office } from './office.ts';

describe('the server on this machine', () => {
  let office: Office;
  let serving: Serving;
  let port: number;
  let link: string;
  beforeAll(async () => {
    office = new Office();
    await office.playUntil('consent');
    link = await office.link();
    serving = await serve(office.product, 0);
    port = Number(new URL(serving.address).port);
  });
  afterAll(async () => {
    await serving.close();
    office.close();
  });

  /** What comes back for these bytes, until the server closes or `enough` of it is there. */
  const wire = (sent: string | Buffer, enough = /\r\n\r\n/): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      const done = () => {
        socket.destroy();
        resolve(text);
      };
      socket.setTimeout(60_000, () => reject(new Error(`no answer to ${String(sent).slice(0, 200)}`)));
      socket.on('data', (data) => {
        text += data.toString('latin1');
        if (enough.test(text)) done();
      });
      socket.on('close', done);
      socket.on('error', done);
      socket.write(sent);
    });
  const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);

  test.each([
    'evil.example',
    `evil.example:${80}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'hikkoshi.test',
    '0.0.0.0',
    '[::1]',
    '169.254.169.254',
  ])('a name that is not of this machine is refused: %s', async (host) => {
    const before = office.state();
    for (const request of [
      `GET /console/cases HTTP/1.1\r\nHost: ${host}\r\n`,
      `POST /console/sign-in HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n`,
    ]) {
      const text = await wire(`${request}Cookie: hikkoshi-role=staff\r\nConnection: close\r\n\r\n`);
      expect(statusOf(text)).toBe(421);
      expect(text).toMatch(/content-security-policy: default-src 'none'/i);
      expect(text).not.toMatch(/set-cookie|案件/);
    }
    expect(office.state() === before).toBe(true);
  });

  test.each([
    ['Host: evil.example\r\nHost: 127.0.0.1', [400, 421]],
    ['Host: [::ffff:127.0.0.1]', [400, 421]],
    ['Host: 127.0.0.1@evil.example', [400, 421]],
    ['Host: 127.0.0.1:80@evil.example', [400, 421]],
    ['Host: 127.0.0.1/@evil.example', [400, 421]],
    ['Host: evil.example#@127.0.0.1', [400, 421]],
    ['Host: evil.example\\@127.0.0.1', [400, 421]],
    ['Host:', [400, 421]],
    ['X: y', [400, 421]],
  ])('nor one that could be read in two ways: %j', async (header, statuses) => {
    const text = await wire(
      `GET /console/cases HTTP/1.1\r\n${header}\r\nCookie: hikkoshi-role=staff\r\nConnection: close\r\n\r\n`,
    );
    expect(statuses).toContain(statusOf(text));
    expect(text).not.toContain('HK-');
  });

  test('a request that names another host in its first line', async () => {
    const text = await wire(
      `GET http://evil.example/console/cases HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: hikkoshi-role=staff\r\nConnection: close\r\n\r\n`,
    );
    expect([400, 421]).toContain(statusOf(text));
  });

  test('the names of this machine are served', async () => {
    for (const host of ['127.0.0.1', 'localhost', `localhost:${port}`, 'LOCALHOST']) {
      const text = await wire(`GET /mailbox HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect([host, statusOf(text)]).toEqual([host, 200]);
    }
  });

  test('only this machine is listened to', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one && !one.internal && one.family === 'IPv4');
    for (const other of others) {
      const reached = await new Promise((resolve) => {
        const socket = connect(port, other!.address);
        socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
        socket.on('connect', () => socket.destroy());
      });
      expect(reached).toBe(false);
    }
    expect(serving.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('the address that a consent came from is what the server saw, not what the client says', async () => {
    const { c } = await office.open('consent');
    const answer = await fetch(`${serving.address}${link}`, {
      method: 'POST',
      body: formBody(answers.consent(office.knowledge(c))),
      headers: {
        'x-hikkoshi-address': '203.0.113.9',
        'x-forwarded-for': '203.0.113.9',
        forwarded: 'for=203.0.113.9',
      },
    });
    expect(answer.status).toBe(200);
    expectManners(answer);
    expect((await office.load()).forms.consent?.address).toBe('127.0.0.1');
  });

  test('bytes that are no request, heads and addresses without an end: refused, and the next is served', async () => {
    const head = `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
    const refused: [string | Buffer, number[]][] = [
      [Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]), [400, 0]],
      ['\0\0\0\0\r\n\r\n', [400, 0]],
      ['GET / HTTP/9.9\r\n\r\n', [400, 505]],
      [`${head}X: ${'y'.repeat(100_000)}\r\n\r\n`, [431]],
      [`${head}${'X: y\r\n'.repeat(20_000)}\r\n`, [431]],
      [`GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, [431, 414]],
      [`${head}X: a\rSet-Cookie: b\r\n\r\n`, [400]],
      [`${head}X\0Y: a\r\n\r\n`, [400]],
      [`${head}X: a\0b\r\n\r\n`, [400]],
      [
        `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        [400],
      ],
      [`POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n`, [400]],
      [`POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde`, [400]],
    ];
    for (const [sent, statuses] of refused) {
      expect(statuses).toContain(statusOf(await wire(sent)));
      expect((await fetch(`${serving.address}/mailbox`)).status).toBe(200);
    }
  });

  test('a line break in an address ends in no header', async () => {
    const text = await wire(
      `GET /console/cases/%0d%0aSet-Cookie:%20x=y?to=%0d%0aX:%20y HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    );
    expect(statusOf(text)).toBe(303);
    expect(text).not.toMatch(/^(set-cookie: x|x: y)/im);
  });

  test('a body that is too large, without an end or broken off: refused or forgotten, and the next is served', async () => {
    const start = `POST ${link} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n`;
    // The link was used above; a step that waits is needed to be asked for a body at all.
    const staff = { cookie: 'hikkoshi-role=staff', 'sec-fetch-site': 'same-origin' };
    const { task } = await office.open('consent-review');
    const before = office.state();
    const step = `/console/cases/${office.reference}/tasks/${task.id}`;
    const large = await fetch(`${serving.address}${step}`, {
      method: 'POST',
      body: `decision=${'x'.repeat(2_000_000)}`,
      headers: { ...staff, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(large.status).toBe(413);
    expectManners(large);

    const asStaff = `POST ${step} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: hikkoshi-role=staff\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n`;
    const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`;
    const chunks = `${asStaff}Transfer-Encoding: chunked\r\n\r\n`;
    expect(statusOf(await wire(`${chunks}${chunk.repeat(16)}0\r\n\r\n`))).toBe(413);
    expect(statusOf(await wire(`${chunks}${chunk.repeat(400)}`))).toBe(413);
    expect(statusOf(await wire(`${asStaff}Content-Length: 99999999999\r\n\r\na=b`))).toBe(413);
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`${asStaff}Content-Length: 100\r\n\r\ndecision=accepted`, () => {
          socket.resetAndDestroy();
        });
      });
      socket.on('close', () => resolve());
    });
    expect(
      statusOf(
        await wire(
          `${start}Content-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\na=b`,
          /HTTP\/1\.1 [2-5].*\r\n\r\n/s,
        ),
      ),
    ).toBeGreaterThan(0);
    expect((await fetch(`${serving.address}/mailbox`)).status).toBe(200);
    expect(office.state() === before).toBe(true);
  });
});

test('a port that is taken is said in words, and the product ends', async () => {
  const office = new Office();
  const serving = await serve(office.product, 0);
  try {
    const main = join(import.meta.dirname, '../../local/main.ts');
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        PORT: new URL(serving.address).port,
        HIKKOSHI_FOLDER: join(office.folder, 'other'),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    expect(said).toContain('is taken; choose another with PORT=');
    expect(said).not.toContain('    at ');
  } finally {
    await serving.close();
    office.close();
  }
});
