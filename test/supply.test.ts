import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, '..', name), 'utf8'));
const manifest = read('package.json') as Record<string, Record<string, string>>;
const locked = Object.entries(
  (
    read('package-lock.json') as {
      packages: Record<string, { version: string; integrity?: string; link?: boolean }>;
    }
  ).packages,
).filter(([path]) => path !== '');

/** threats.md, row 15: older ones have known holes that matter here. */
const floors = {
  'basic-ftp': '6.0.0',
  mysql2: '3.23.1',
  imapflow: '1.6.4',
  nodemailer: '9.1.1',
  ssh2: '1.15.0',
  pdfmake: '0.3.6',
};

/** The emulator of DynamoDB that tests run brings it for proxies that are described over FTP; it ships with nothing. */
const tolerated = ['node_modules/get-uri/node_modules/basic-ftp'];

function isBelow(version: string, floor: string): boolean {
  const numbers = (text: string) => text.split('-')[0]!.split('.').map(Number);
  const [mine, least] = [numbers(version), numbers(floor)];
  const at = least.findIndex((number, index) => number !== mine[index]);
  // A pre-release comes before its release.
  return at === -1 ? version.includes('-') : mine[at]! < least[at]!;
}

describe('what we build from', () => {
  test('versions compare as numbers', () => {
    expect(isBelow('3.9.0', '3.23.1')).toBe(true);
    expect(isBelow('10.0.0', '9.1.1')).toBe(false);
    expect(isBelow('6.0.0', '6.0.0')).toBe(false);
    expect(isBelow('6.0.0-rc.1', '6.0.0')).toBe(true);
  });

  test('nothing is older than its floor, however deep it sits', () => {
    const old = locked.filter(([path, { version }]) => {
      const floor =
        floors[path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length) as keyof typeof floors];
      return floor && isBelow(version, floor);
    });
    expect(old.map(([path]) => path)).toEqual(tolerated);
    expect(old.filter(([, entry]) => !(entry as { dev?: boolean }).dev)).toEqual([]);
    const present = Object.keys(floors).filter((name) =>
      locked.some(([path]) => path === `node_modules/${name}`),
    );
    expect(present).toEqual(expect.arrayContaining(['nodemailer', 'ssh2']));
  });

  test('every dependency is pinned to the version that is locked', () => {
    const asked = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(asked.length).toBeGreaterThan(20);
    const loose = asked.filter(([name, wanted]) => {
      const found = locked.find(([path]) => path === `node_modules/${name}`)?.[1];
      return found?.version !== wanted;
    });
    expect(loose).toEqual([]);
  });

  test('every locked package has a hash', () => {
    expect(locked.length).toBeGreaterThan(100);
    const open = locked.filter(([path, { integrity, link }]) => !integrity && !link && !bundled(path));
    expect(open.map(([path]) => path)).toEqual([]);
  });

  test('no package runs a script at installation that we have not allowed', () => {
    const running = locked
      .filter(([, entry]) => (entry as { hasInstallScript?: boolean }).hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(running.filter((name) => !(name in manifest.allowScripts!))).toEqual([]);
  });
});

/** Inside another package's own archive, whose hash covers it. */
function bundled(path: string): boolean {
  return Boolean((locked.find(([one]) => one === path)![1] as { inBundle?: boolean }).inBundle);
}
