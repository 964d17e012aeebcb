import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Mail, Mailer } from '../../functions/case/ports.ts';
import { implementations } from './implementations.ts';

const mail: Mail = {
  messageId: '<C-1-2-1@hikkoshi.example.jp>',
  to: 'customer@example.jp',
  subject: '【データ移行】髙﨑𠮷さまの御見積書',
  text: '髙﨑𠮷 さま',
  html: '<p>髙﨑𠮷 さま</p>',
  attachments: [],
};

describe.each(implementations)('mailer on $name', (implementation) => {
  let mailer: Mailer;
  let stop: () => Promise<void>;
  let received: () => Promise<{ to: string[]; subject: string }[]>;
  beforeAll(async () => {
    ({ port: mailer, stop, received } = await implementation.mailer());
  });
  afterAll(() => stop?.());

  test('a mail goes to its one recipient, the subject as it was written', async () => {
    await mailer.send(mail);
    expect(await received()).toEqual([{ to: [mail.to], subject: mail.subject }]);
  });

  const hostile: [string, Partial<Mail>][] = [
    ['a line break', { to: 'v@example.jp\r\nBcc: evil@example.com' }],
    ['a bare line feed', { to: 'v@example.jp\nBcc: evil@example.com' }],
    ['two addresses', { to: 'v@example.jp, evil@example.com' }],
    ['two addresses and a semicolon', { to: 'v@example.jp;evil@example.com' }],
    ['two addresses and a space', { to: 'v@example.jp evil@example.com' }],
    ['a name and an address', { to: 'V <v@example.jp>' }],
    ['a group', { to: 'all: v@example.jp, evil@example.com;' }],
    ['a quoted address inside', { to: '"evil@example.com"@example.jp' }],
    ['a comment', { to: 'v(evil@example.com)@example.jp' }],
    ['a route', { to: '@evil.example.com:v@example.jp' }],
    ['two at signs', { to: 'v@evil.example.com@example.jp' }],
    ['a null', { to: 'v@example.jp\0' }],
    ['a line break at the end', { to: 'v@example.jp\n' }],
    ['full-width letters', { to: 'ｖ＠example.jp' }],
    ['nobody', { to: '' }],
    ['a list', { to: ['v@example.jp', 'evil@example.com'] as unknown as string }],
    ['a very long address', { to: `${'v'.repeat(300)}@example.jp` }],
    ['a header in the subject', { subject: 'Hello\r\nBcc: evil@example.com' }],
    ['a line separator in the subject', { subject: 'Hello\u2028Bcc: evil@example.com' }],
    ['a header in the Message-ID', { messageId: '<a@b>\r\nBcc: evil@example.com' }],
    ['no Message-ID', { messageId: '' }],
    [
      'a header in the name of a file',
      {
        attachments: [
          { filename: 'a\r\nBcc: evil@example.com', contentType: 'text/plain', content: new Uint8Array() },
        ],
      },
    ],
    [
      'a header in the type of a file',
      {
        attachments: [
          { filename: 'a', contentType: 'text/plain\r\nBcc: evil@example.com', content: new Uint8Array() },
        ],
      },
    ],
    [
      'a file that is too large',
      { attachments: [{ filename: 'a', contentType: 'text/plain', content: new Uint8Array(7_100_000) }] },
    ],
  ];
  test.each(hostile)('%s is refused, nothing is sent, and the refusal repeats nothing', async (_, part) => {
    const before = await received();
    const refusal = await mailer.send({ ...mail, ...part }).catch((error: Error) => error);
    expect(refusal).toMatchObject({ name: 'TerminalError' });
    expect((refusal as Error).message).not.toMatch(/evil|example|v@/);
    expect(await received()).toEqual(before);
  });
});
