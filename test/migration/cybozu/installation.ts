import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A made-up Cybozu Office with the layout of layouts.json: the product itself is nobody's to take along. */
export interface InstallationOptions {
  version?: string;
  /** How many attachments, beside the databases. */
  attachments?: number;
  /** Bytes of each. */
  size?: number;
  /** A fresh installation has data of its own, which must not be lost. */
  fresh?: boolean;
}

const when = 1_600_000_000;

export function install(root: string, options: InstallationOptions = {}): void {
  const { version = '10.8.5', attachments = 12, size = 700, fresh = false } = options;
  rmSync(root, { recursive: true, force: true });
  // CP932, as an old readme is: only its ASCII counts.
  put(
    root,
    'readme.txt',
    Buffer.from(`\x83\x54\x83\x43 Cybozu(R) Office ${version} for Linux\r\n`, 'latin1'),
  );
  put(root, 'cb5/data/office.odbx', Buffer.from(fresh ? 'as installed' : 'customers'));
  put(root, 'cb5/data/db/app_1.dbmx', Buffer.from(fresh ? 'none' : 'records'));
  put(root, 'cb5/page/skin.css', Buffer.from('not data'));
  put(root, 'schedule.ini', Buffer.from('of the service'));
  mkdirSync(join(root, 'cb5/file'), { recursive: true });
  if (fresh) return;
  put(root, 'cb5/data/msg/12/0001.odbx', Buffer.alloc(3_000, 'm'));
  for (let number = 0; number < attachments; number += 1) {
    put(root, `cb5/file/Bulletin/${number % 5}/${number}.dat`, Buffer.alloc(size, String(number)));
  }
  // A name that the product's data holds as these bytes.
  put(
    root,
    Buffer.concat([Buffer.from('cb5/file/Cabinet/'), Buffer.of(0x93, 0xfa, 0x96, 0x7b)]),
    Buffer.from('日本'),
  );
}

function put(root: string, path: string | Buffer, content: Buffer): void {
  const whole = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path)]);
  const parent = dirname(whole.toString('latin1'));
  mkdirSync(Buffer.from(parent, 'latin1'), { recursive: true });
  writeFileSync(whole, content, { mode: 0o640 });
  utimesSync(whole, when, when);
}
