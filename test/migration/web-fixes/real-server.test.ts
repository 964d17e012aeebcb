import { cpSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sampleSettings } from '../../../functions/case/sample-settings.ts';
import type { FixRule } from '../../../functions/case/web-fixes/rules.ts';
import { dataKey } from '../../../functions/migration/data-key.ts';
import { Alterations } from '../../../functions/migration/web/fixes/alterations.ts';
import { concludeScan } from '../../../functions/migration/web/fixes/conclude-scan.ts';
import { diffsOf, fixableFiles } from '../../../functions/migration/web/fixes/read-diffs.ts';
import { scanTree } from '../../../functions/migration/web/fixes/scan-tree.ts';
import { ScanWriter } from '../../../functions/migration/web/fixes/scan-writer.ts';
import { openWebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { type OpenSshServer, startOpenSsh } from '../../servers/openssh.ts';
import { jobOf, ledgerOf, nextRun, transfer } from '../whole-transfer.ts';
import { contextOf } from './scanned.ts';

/** A part of WordPress and pages of old encodings, from one real server to another. */
const rules: FixRule[] = ['old-path', 'old-host', 'database-settings', 'interpreter', 'htaccess-access'];
const password = "Atarashii'2026";
const cp932 = Buffer.from([0x83, 0x6f, 0x83, 0x62, 0x83, 0x4e]); // バック

let from: OpenSshServer;
let to: OpenSshServer;
let source: string;
let target: string;

beforeAll(async () => {
  [from, to] = [await startOpenSsh(), await startOpenSsh()];
  [source, target] = [join(from.folder, 'www'), join(to.folder, 'www')];
  mkdirSync(join(source, 'cgi'), { recursive: true });
  mkdirSync(target);
  cpSync('/usr/share/wordpress/wp-includes/rest-api', join(source, 'rest-api'), {
    recursive: true,
    dereference: true,
  });
  cpSync('/usr/share/wordpress/wp-config-sample.php', join(source, 'wp-config.php'), { dereference: true });
  const put = (name: string, content: Buffer | string) => {
    writeFileSync(join(source, name), content);
    utimesSync(join(source, name), 1_700_000_000, 1_700_000_000);
  };
  put('index.html', Buffer.concat([cp932, Buffer.from('<a href="http://old.example/">'), cp932]));
  put('cgi/mail.cgi', '#!/usr/local/bin/perl\nrequire "/home/kyu/www/jcode.pl";\n');
  put('.htaccess', 'Order allow,deny\r\nAllow from all\r\n');
});

afterAll(async () => {
  await from.stop();
  await to.stop();
});

const open = (server: OpenSshServer, root: string) =>
  openWebTree({ protocol: 'sftp', ...server, root }, { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 });

test('searched, approved, moved altered, verified on both servers, and left alone by the next run', async () => {
  const job = jobOf(await open(from, source), await open(to, target));
  const { request, target: settings } = contextOf({
    sourceRoot: '/home/kyu/www',
    targetRoot: '/var/www/shin/html',
    oldHosts: ['old.example'],
    newHost: 'new.example',
    databaseHost: 'localhost',
    databaseName: 'new_db',
    databaseUser: 'new_user',
  });
  try {
    const of = { caseId: 'HK-1', scan: 1, objects: job.objects, dataKey: await dataKey(job.vault, 'HK-1') };
    const writer = await ScanWriter.begin(of);
    const work = { source: job.source, request, target: settings, rules: sampleSettings.webFixes };
    expect(await scanTree({ ...work, remaining: () => 900_000 }, writer)).toBe(true);
    const result = await concludeScan(of, writer.state, sampleSettings);
    expect(result.read).toBeGreaterThan(40);
    const scanned = { ...of, request, target: settings };
    const diffs = await diffsOf(scanned, await fixableFiles(scanned, rules), rules);
    expect(diffs.map(({ path }) => path.toString())).toEqual([
      '.htaccess',
      'index.html',
      'wp-config.php',
      'cgi/mail.cgi',
    ]);

    const approved = diffs.map(({ path, rules: found, sha256, after }) => {
      const fix = { rules: found, sha256, after, request, by: 'e' };
      return [path.toString('latin1'), fix] as const;
    });
    const alterations = new Alterations(new Map(approved), settings, new Map([['new_db', password]]));
    const run = { ...job, alterations };
    const first = await transfer(run, 'full');
    expect(first).toMatchObject({ unexplained: 0, skipped: 0 });
    const ledger = await ledgerOf(run);
    expect([...ledger.values()].filter(({ fixed }) => fixed)).toHaveLength(4);
    const read = (name: string) => readFileSync(join(target, name));
    expect(read('index.html')).toEqual(
      Buffer.concat([cp932, Buffer.from('<a href="http://new.example/">'), cp932]),
    );
    expect(read('cgi/mail.cgi').toString()).toBe('#!/usr/bin/perl\nrequire "/var/www/shin/html/jcode.pl";\n');
    expect(read('.htaccess').toString()).toBe('Require all granted\r\n# Allow from all\r\n');
    expect(read('wp-config.php').toString()).toContain(`define( 'DB_PASSWORD', 'Atarashii\\'2026' );`);
    expect(JSON.stringify([...ledger.values()])).not.toContain('Atarashii');

    const second = nextRun(run);
    expect(await transfer(second)).toMatchObject({ moved: 0, altered: 0, unexplained: 0 });
    expect(read('index.html').toString('latin1')).toContain('new.example');
  } finally {
    await job.source.close();
    await job.target.close();
  }
});
