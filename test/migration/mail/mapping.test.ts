import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Mailbox } from '../../../functions/migration/mail/imap/list.ts';
import {
  decodeMailboxName,
  encodeMailboxName,
} from '../../../functions/migration/mail/imap/modified-utf7.ts';
import { legalName, plainestName } from '../../../functions/migration/mail/legal-name.ts';
import { type End, mapMailboxes } from '../../../functions/migration/mail/map-mailboxes.ts';

type Given = string | [name: string, ...attributes: string[]];

function end(separator: string, prefix: string, names: readonly Given[], foreign: string[] = []): End {
  const mailboxes = names.map((one): Mailbox => {
    const [name, ...attributes] = typeof one === 'string' ? [one] : one;
    return { name: encodeMailboxName(name), separator, attributes, subscribed: true };
  });
  return {
    mailboxes,
    personal: { prefix, separator },
    foreign: foreign.map((name) => ({ prefix: name, separator })),
    readable: decodeMailboxName,
  };
}

const targets = (source: End, target: End, before?: ReadonlyMap<string, string>) =>
  Object.fromEntries(
    mapMailboxes(source, target, before).map((one) => [
      one.path.join('/'),
      one.target?.join('/') ?? one.why ?? 'container',
    ]),
  );

describe('where folders go', () => {
  test('prefixes and separators of both ends', () => {
    const source = end('.', 'INBOX.', ['INBOX', 'INBOX.取引先', 'INBOX.取引先.山田/商店']);
    expect(targets(source, end('/', '', ['INBOX']))).toEqual({
      INBOX: 'INBOX',
      取引先: '取引先',
      '取引先/山田/商店': '取引先/山田_商店',
    });
    const back = end('/', '', ['INBOX', '取引先/Ver.2', 'INBOX/下']);
    expect(targets(back, end('.', 'INBOX.', ['INBOX']))).toEqual({
      INBOX: 'INBOX',
      '取引先/Ver.2': '取引先/Ver_2',
      'INBOX/下': 'INBOX/下',
    });
  });

  test('special use by what the server says, then by name, Japanese names too; each only once', () => {
    const source = end('/', '', [
      'INBOX',
      '送信済みアイテム',
      ['控え', '\\sent'],
      'ごみ箱',
      '下書き',
      '迷惑メール',
      'Ｓｅｎｔ',
    ]);
    const target = end('/', '', [
      'INBOX',
      ['Sent', '\\sent'],
      ['Trash', '\\trash'],
      'Drafts',
      ['Junk', '\\junk'],
    ]);
    expect(targets(source, target)).toEqual({
      INBOX: 'INBOX',
      控え: 'Sent',
      送信済みアイテム: '送信済みアイテム',
      Ｓｅｎｔ: 'Ｓｅｎｔ',
      ごみ箱: 'Trash',
      下書き: 'Drafts',
      迷惑メール: 'Junk',
    });
  });

  test('of two folders of one use, the one that is named as the target’s takes it', () => {
    const source = end('/', '', ['INBOX', '送信済み', 'Sent', '送信済みアイテム']);
    expect(targets(source, end('/', '', ['INBOX', ['Sent', '\\sent']]))).toEqual({
      INBOX: 'INBOX',
      Sent: 'Sent',
      送信済み: '送信済み',
      送信済みアイテム: '送信済みアイテム',
    });
  });

  test('another person’s folder at the target is not the own one of its use', () => {
    const target = end('/', '', ['INBOX', ['Users/boss/Sent', '\\sent'], 'Sent'], ['Users/']);
    expect(targets(end('/', '', ['INBOX', '送信済み']), target)).toMatchObject({ 送信済み: 'Sent' });
  });

  test('below the inbox in whatever case', () => {
    const source = end('.', 'INBOX.', ['INBOX', 'Inbox.取引先', 'inbox.Sent.2024']);
    expect(targets(source, end('/', '', ['INBOX']))).toEqual({
      INBOX: 'INBOX',
      取引先: '取引先',
      'Sent/2024': 'Sent/2024',
    });
  });

  test('what an earlier run placed stays there, whatever a mail program has made at the target since', () => {
    const source = end('/', '', ['INBOX', '送信済み', 'メモ', 'メモ (2)']);
    const target = end('/', '', ['INBOX', ['Sent', '\\sent'], '送信済み', 'メモ (2)']);
    const before = new Map(
      [
        ['送信済み', '送信済み'],
        ['メモ', 'メモ (2)'],
        ['なくなった', 'Sent'],
      ].map(([from, to]) => [encodeMailboxName(from!), encodeMailboxName(to!)]),
    );
    expect(targets(source, target, before)).toEqual({
      INBOX: 'INBOX',
      送信済み: '送信済み',
      メモ: 'メモ (2)',
      'メモ (2)': 'メモ (2) (2)',
    });
  });

  test('folders with only folders, other people’s, and virtual ones', () => {
    const source = end(
      '/',
      '',
      ['INBOX', ['親', '\\noselect'], '親/子', ['空', '\\noselect'], 'Users/jiro/x', ['星付き', '\\flagged']],
      ['Users/'],
    );
    expect(targets(source, end('/', '', ['INBOX']))).toEqual({
      INBOX: 'INBOX',
      親: 'container',
      '親/子': '親/子',
      空: expect.stringContaining('下位フォルダも持てない'),
      'Users/jiro/x': expect.stringContaining('共有'),
      星付き: expect.stringContaining('仮想'),
    });
  });

  test('two folders never become one', () => {
    const source = end('.', 'INBOX.', [
      'INBOX',
      'INBOX.a/b',
      'INBOX.a_b',
      'INBOX.A_B',
      'INBOX.inbox',
      'INBOX.Sent',
      'INBOX.送信済み',
    ]);
    const mapped = Object.values(targets(source, end('/', '', ['INBOX', ['Sent', '\\sent']])));
    expect(new Set(mapped.map((name) => name.toLowerCase())).size).toBe(7);
  });

  test('whatever the names, they are legal, different, and lead nowhere else', () => {
    const level = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('..', '.', '', '/etc/passwd', '../../x', 'a\0b', '~root', 'INBOX', '%*'),
    );
    fc.assert(
      fc.property(fc.uniqueArray(level, { maxLength: 8 }), fc.constantFrom('/', '.'), (names, separator) => {
        const source = end('\u0001', '', [
          'INBOX',
          ...names.filter((name) => !/^inbox$/i.test(name) && !name.includes('\u0001')),
        ]);
        const all = mapMailboxes(source, end(separator, '', ['INBOX'])).flatMap((one) =>
          one.target ? [one.target] : [],
        );
        expect(new Set(all.map((path) => path.join(separator).toLowerCase())).size).toBe(all.length);
        for (const one of all.flat()) {
          expect(one).not.toMatch(/[\p{Cc}%*/\\]|^\.+$|^[~#]|^$/u);
          expect(one).not.toContain(separator);
        }
      }),
    );
  });

  test('long names stay different', () => {
    const [a, b] = [`${'あ'.repeat(100)}い`, `${'あ'.repeat(100)}う`];
    expect(Buffer.byteLength(legalName(a, '/'))).toBeLessThanOrEqual(200);
    expect(legalName(a, '/')).not.toBe(legalName(b, '/'));
  });
});

test('the plainest of two names is never the same', () => {
  const long = 'あ'.repeat(80);
  expect(plainestName('顧客 2024')).toBe('顧客 2024');
  expect(plainestName(`${long}1`)).not.toBe(plainestName(`${long}2`));
  expect(plainestName('a:b')).not.toBe(plainestName('a;b'));
});
