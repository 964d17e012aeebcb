import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMailboxName } from '../../../functions/migration/mail/imap/modified-utf7.ts';

export interface Seeding {
  /** Names of folders beside the inbox. */
  folders: readonly string[];
  messages: number;
  /** Bytes of a message, spread evenly over the logarithm, as real mail is. */
  smallest: number;
  largest: number;
}

/** 5,000 messages of 2 to 200 KB in ten folders with Japanese names. */
export const usual: Seeding = {
  folders: ['送信済み', '下書き', 'ゴミ箱', '取引先', '見積もり', '請求書', '社内連絡', '採用', '保管'],
  messages: 5000,
  smallest: 2000,
  largest: 200_000,
};

/** Writes a Maildir as Dovecot keeps it, with flags and dates; the same bytes each time. Returns the bytes in all. */
export function seedMaildir(home: string, { folders, messages, smallest, largest }: Seeding): number {
  const boxes = ['', ...folders.map((name) => `.${encodeMailboxName(name)}`)].map((name) =>
    join(home, 'Maildir', name),
  );
  for (const box of boxes)
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(box, part), { recursive: true });
  const pool = bodyPool(largest);
  let bytes = 0;
  let seed = 1;
  for (let number = 0; number < messages; number++) {
    seed = (seed * 48_271) % 2_147_483_647;
    const size = Math.round(smallest * (largest / smallest) ** (seed / 2_147_483_647));
    const header =
      `From: taro${number}@example.jp\nTo: hanako@example.jp\nMessage-ID: <${number}.${seed}@example.jp>\n` +
      `Subject: =?UTF-8?B?${Buffer.from(`お見積もりの件 ${number}`).toString('base64')}?=\nContent-Type: text/plain\n\n`;
    const start = (number * 77) % (pool.length - largest);
    const body = Buffer.concat([Buffer.from(header), pool.subarray(start, start + size), Buffer.from('\n')]);
    const flags = ['', 'S', 'RS', 'FS'][number % 4];
    const when = new Date(Date.UTC(2012, 0, 1) + number * 3_600_000);
    const path = join(
      boxes[number % boxes.length]!,
      'cur',
      `${Math.floor(when.getTime() / 1000)}.M${number}.seed:2,${flags}`,
    );
    writeFileSync(path, body);
    bytes += body.length;
  }
  return bytes;
}

function bodyPool(largest: number): Buffer {
  const lines: string[] = [];
  let seed = 7;
  for (let length = 0; length < largest + 1_000_000; length += 77) {
    let line = '';
    for (let at = 0; at < 19; at++) {
      seed = (seed * 48_271) % 2_147_483_647;
      line += seed.toString(36).slice(-4).padStart(4, 'q');
    }
    lines.push(`${line}\n`);
  }
  return Buffer.from(lines.join(''));
}
