import { expect, test } from '@jest/globals';
import { listMailboxes } from '../../../functions/migration/mail/imap/list.ts';
import { encodeMailboxName } from '../../../functions/migration/mail/imap/modified-utf7.ts';
import { statusOf } from '../../../functions/migration/mail/imap/status.ts';
import { startDovecot } from '../../servers/dovecot.ts';
import { startFakeImap } from './fake-imap.ts';
import { letter } from './mailboxes.ts';
import { jobBetween, move, open } from './move.ts';

const count = 10_000;
/** Its index of folders is read anew for each that is made: four times as long. */
const more = 'mail_fsync = never\nmailbox_list_index = no';

test(`${count} folders with Japanese names are made and accounted for, and a second run makes none`, async () => {
  const target = await startDovecot({ more });
  const names = Array.from({ length: count }, (_, at) =>
    encodeMailboxName(`得意先${Math.floor(at / 50)}/案件 ${at}`),
  );
  const mailboxes = ['() "/" INBOX', ...names.map((name) => `() "/" "${name}"`)];
  const source = await startFakeImap({ mailboxes, messages: [{ uid: 1, body: letter(1) }] });
  const job = jobBetween({ source: source.port, target: target.port });
  const to = await open(target.port);
  try {
    expect(await move(job)).toMatchObject({ moved: count + 1, skipped: 0, unexplained: 0 });
    const made = (await listMailboxes(to)).filter((one) => !one.attributes.includes('\\nonexistent'));
    const there = new Set(made.map((one) => one.name));
    expect(names.filter((name) => !there.has(name))).toEqual([]);
    expect(await move({ ...job, run: 2, previousRun: 1 })).toMatchObject({
      moved: 0,
      skipped: 0,
      unexplained: 0,
    });
  } finally {
    source.stop();
    job.dispose();
    await to.logout();
    await target.stop();
  }
}, 300_000);

test('one command tells the state of many folders (RFC 5819), and what it leaves out is asked for', async () => {
  const names = Array.from({ length: 60 }, (_, at) => `F${at}`);
  const told = names.slice(2).map((name, at) => `* STATUS ${name} (MESSAGES ${at} UIDNEXT 9 UIDVALIDITY 5)`);
  const server = await startFakeImap({
    capabilities: 'IMAP4rev1 AUTH=PLAIN SASL-IR LIST-STATUS',
    answer: (command, tag) => {
      if (/^LIST .* RETURN \(STATUS/.test(command)) return `${told.join('\r\n')}\r\n${tag} OK done\r\n`;
      return command.startsWith('STATUS "F1"') ? `${tag} NO not for you\r\n` : undefined;
    },
  });
  const connection = await open(server.port);
  try {
    const states = await statusOf(connection, names);
    expect(states.map((one) => one?.messages)).toEqual([0, undefined, ...told.keys()]);
    expect(states[2]).toEqual({ messages: 0, uidNext: 9, uidValidity: 5, highestModSeq: 0 });
    expect(server.commands.filter((one) => one.startsWith('STATUS'))).toHaveLength(2);
    await statusOf(connection, names.slice(0, 3));
    expect(server.commands.filter((one) => one.startsWith('LIST'))).toHaveLength(1);
  } finally {
    await connection.logout();
    server.stop();
  }
});
