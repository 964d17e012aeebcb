import type { Connection } from 'mysql2';
import { rowOf } from './query.ts';

export interface ServerKind {
  flavour: 'mysql' | 'mariadb';
  /** 50744, 80036, 101119: as in version comments. */
  version: number;
  /** `10.11.19-MariaDB`, without what the distribution adds. */
  name: string;
}

export async function serverKind(connection: Connection): Promise<ServerKind> {
  const { version } = await rowOf(connection, 'SELECT VERSION() AS version');
  return parseVersion(String(version));
}

/** `5.5.5-10.1.48-MariaDB`, `8.0.36-0ubuntu0.22.04.1`, `5.1.73-log`. */
export function parseVersion(text: string): ServerKind {
  const plain = text.replace(/^5\.5\.5-(?=1\d\.)/, '');
  const [, major = '0', minor = '0', patch = '0'] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(plain) ?? [];
  const flavour = /mariadb/i.test(text) ? 'mariadb' : 'mysql';
  const version = Number(major) * 10_000 + Number(minor) * 100 + Number(patch);
  return {
    flavour,
    version,
    name: `${flavour === 'mariadb' ? 'MariaDB' : 'MySQL'} ${major}.${minor}.${patch}`,
  };
}
