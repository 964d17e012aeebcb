import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guardedDial } from '../../../functions/migration/mail/dial.ts';
import type { Credentials } from '../../../functions/migration/mail/imap/authenticate.ts';
import {
  openConnection,
  type ServerAddress,
} from '../../../functions/migration/mail/imap/open-connection.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { type SelfSigned, selfSigned } from '../../servers/self-signed.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { startFakeImap } from './fake-imap.ts';
import { loopback } from './move.ts';

let server: Dovecot;
let tls: SelfSigned;
let pin: string;
beforeAll(async () => {
  tls = selfSigned('mail.example.jp');
  pin = tls.fingerprint;
  server = await startDovecot({
    users: { taro: 'himitsu', 山田: 'ひみつ "\\ 123' },
    masters: { kanri: 'master-himitsu' },
    tls,
  });
});
afterAll(async () => {
  await server.stop();
  tls.remove();
});

const patience = { idleMs: 5000, until: () => Date.now() + 20_000 };
const at = (security: ServerAddress['security'], certificate?: string): ServerAddress => ({
  host: '127.0.0.1',
  port: security === 'tls' ? server.tlsPort : server.port,
  security,
  certificate,
});
const taro = { user: 'taro', password: 'himitsu' };

const opened = (address: ServerAddress, credentials: Credentials = taro) =>
  openConnection(address, credentials, loopback, patience);

async function logIn(address: ServerAddress, credentials: Credentials = taro): Promise<void> {
  const connection = await opened(address, credentials);
  await connection.run('NOOP');
  await connection.logout();
}

describe('encryption', () => {
  test.each(['tls', 'starttls'] as const)('%s with the pinned certificate', async (security) => {
    await logIn(at(security, pin));
    await logIn(at(security, pin.toLowerCase().replaceAll(':', '')));
  });

  test.each(['tls', 'starttls'] as const)(
    '%s with another certificate, or one that nobody vouches for, sends no password',
    async (security) => {
      await expect(logIn(at(security, '00:'.repeat(31).concat('00')))).rejects.toThrow(
        /証明書が登録と異なります（登録 0{64}、提示 [0-9a-f]{64}）。パスワードは送信していません/,
      );
      await expect(logIn(at(security))).rejects.toThrow(
        /登録 認証局の証明書として検証済み、提示 [0-9a-f]{64}、理由 DEPTH_ZERO_SELF_SIGNED_CERT/,
      );
    },
  );

  test('a server without STARTTLS gets no password', async () => {
    const seen: string[] = [];
    const proxy = await startCuttingProxy(server.port, {
      alter: (data) => Buffer.from(data.toString('latin1').replaceAll(/ ?STARTTLS/g, ''), 'latin1'),
      note: (data) => void seen.push(data.toString()),
    });
    await expect(logIn({ ...at('starttls', pin), port: proxy.port })).rejects.toThrow(/STARTTLS/);
    expect(seen.join('')).not.toMatch(/AUTH|LOGIN/);
    proxy.stop();
  });

  test('what a server offers before encryption does not count behind it', async () => {
    const proxy = await startCuttingProxy(server.port, {
      alter: (data) => {
        const text = data.toString('latin1');
        return Buffer.from(text.replace('STARTTLS', 'STARTTLS X-FORGED'), 'latin1');
      },
    });
    const connection = await opened({ ...at('starttls', pin), port: proxy.port });
    expect(connection.capabilities.has('X-FORGED')).toBe(false);
    expect(connection.capabilities.has('IMAP4REV1')).toBe(true);
    await connection.logout();
    proxy.stop();
  });

  test.each(['starttls', 'plain'] as const)(
    'a server that has logged somebody in already is left (%s)',
    async (security) => {
      const fake = await startFakeImap({ greeting: '* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n' });
      const left = logIn({ ...at('plain'), security, port: fake.port });
      await expect(left).rejects.toThrow(/PREAUTH/);
      expect(fake.commands).toEqual([]);
      fake.stop();
    },
  );

  test('text that is smuggled in before encryption is refused', async () => {
    const proxy = await startCuttingProxy(server.port, {
      alter: (data) =>
        /OK Begin TLS/i.test(data.toString())
          ? Buffer.concat([data, Buffer.from('* CAPABILITY IMAP4rev1\r\n')])
          : data,
    });
    await expect(logIn({ ...at('starttls', pin), port: proxy.port })).rejects.toThrow(/暗号化の前に/);
    proxy.stop();
  });
});

describe('log-in', () => {
  test('names and passwords beyond ASCII, with quotes and backslashes', async () => {
    await logIn(at('tls', pin), { user: '山田', password: 'ひみつ "\\ 123' });
  });

  test('the same by LOGIN, as literals, where there is no SASL', async () => {
    const proxy = await startCuttingProxy(server.port, {
      alter: (data) =>
        Buffer.from(data.toString('latin1').replaceAll(/ ?(AUTH=\w+|SASL-IR|LITERAL\+)/g, ''), 'latin1'),
    });
    await logIn({ ...at('plain'), port: proxy.port }, { user: '山田', password: 'ひみつ "\\ 123' });
    await logIn({ ...at('plain'), port: proxy.port });
    proxy.stop();
  });

  test('an administrator opens somebody’s mailbox, in both ways', async () => {
    for (const style of ['authorisation-identity', 'separator'] as const) {
      await logIn(at('tls', pin), {
        user: 'taro',
        password: 'master-himitsu',
        master: { user: 'kanri', style },
      });
    }
  });

  test('an administrator behind another sign than the usual', async () => {
    const other = await startDovecot({
      users: { taro: 'himitsu' },
      masters: { kanri: 'master-himitsu' },
      more: 'auth_master_user_separator = %',
    });
    const address = { ...at('plain'), port: other.port };
    const master = { user: 'kanri', style: 'separator' as const };
    const credentials = { user: 'taro', password: 'master-himitsu' };
    try {
      await logIn(address, { ...credentials, master: { ...master, separator: '%' } });
      await expect(logIn(address, { ...credentials, master })).rejects.toThrow(/断りました/);
    } finally {
      await other.stop();
    }
  });

  test('a wrong password: what is said holds neither it nor its base64', async () => {
    const error: Error = await logIn(at('tls', pin), { user: 'taro', password: 'chigau' }).then(
      () => new Error('accepted'),
      (error) => error,
    );
    expect(error).toMatchObject({
      name: 'AccountRefusedError',
      message: expect.stringMatching(/taro のログインを断りました/),
    });
    expect(error.message).not.toMatch(/chigau|AHRhcm8A/);
  });
});

test.each([
  ['chigau ', /前か後ろに空白/],
  ['ｃｈｉｇａｕ', /全角/],
])('what nobody sees in a password (%p) is said when it is refused', async (password, hint) => {
  await expect(logIn(at('tls', pin), { user: 'taro', password })).rejects.toThrow(hint);
});

describe('where connections lead', () => {
  test.each(['127.0.0.1', '0x7f.1', '2130706433', 'localhost', '169.254.169.254', '[::1]', '10.1.2.3'])(
    'never to %s',
    async (host) => {
      await expect(guardedDial([])(host, 993)).rejects.toMatchObject({ name: 'TerminalError' });
    },
  );

  test('to loopback where the settings allow it, and to no port of another service', async () => {
    const socket = await guardedDial(['127.0.0.0/8'])('127.0.0.1', server.port);
    socket.destroy();
    await expect(guardedDial(['127.0.0.0/8'])('127.0.0.1', 25)).rejects.toMatchObject({
      name: 'TerminalError',
    });
  });
});
