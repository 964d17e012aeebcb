import { argumentsOf } from '../php-calls.ts';
import type { Found, Rule } from '../rule.ts';
import { endOfLine } from '../source-file.ts';

/** The first line of a script: the program that runs it must be there at the target. */
export const interpreter: Rule = function* (file, { target }) {
  if (!file.text.startsWith('#!')) return;
  const end = endOfLine(file, 0);
  const match = /^#!([ \t]*)(\/[^\s]{1,200})([ \t][^\r\n]{0,200})?$/.exec(file.text.slice(0, end));
  // With CR and LF the system looks for a program whose name ends in CR: servers answer 500.
  const carriageReturn = file.text[end] === '\r';
  if (!match) return;
  const [, blank = '', path = '', rest = ''] = match;
  const start = 2 + blank.length;
  const there = Object.values(target.interpreters);
  // env looks for a name along the path: there, it is one of these or none.
  const sought = path === '/usr/bin/env' ? /^[ \t]+([\w.+]+)(?=[ \t]|$)/.exec(rest) : undefined;
  const known = sought
    ? there.some((one) => nameOfProgram(one) === sought[1])
    : there.includes(path) || path === '/usr/bin/env';
  if (known && !carriageReturn) return;
  const written = sought ? path + sought[0] : path;
  const now = known ? path : target.interpreters[sought?.[1] ?? nameOfProgram(path)];
  const finding: Found = {
    rule: 'interpreter',
    at: 0,
    about: carriageReturn ? `${written}（行末が CR LF）` : written,
  };
  // Line ends are the file's: to change them is a person's decision, and one for the whole file.
  if (now === undefined || carriageReturn) yield finding;
  else yield { ...finding, edits: [{ start, end: start + written.length, text: now }] };
};

const nameOfProgram = (path: string) => path.slice(path.lastIndexOf('/') + 1);

const sendmails =
  /(?<![\w.~-])\/(?:usr\/(?:local\/)?(?:s?bin|lib)|var\/qmail\/bin|bin)\/(?:sendmail|qmail-inject)(?![\w.-])/g;

/** Where sendmail is, in forms and scripts. */
export const sendmailPath: Rule = function* (file, { target }) {
  if (file.type === 'text' && !file.php) return;
  for (const match of file.text.matchAll(sendmails)) {
    const [path] = match;
    if (path === target.sendmail) continue;
    const same = path.endsWith('/sendmail');
    const edits = [{ start: match.index, end: match.index + path.length, text: target.sendmail }];
    yield { rule: 'sendmail-path', at: match.index, about: path, ...(same && { edits }) };
  }
};

/** mail() and mb_send_mail() with `-f`: many servers only let through what belongs to the contract. */
export const mailSender: Rule = function* ({ text, php }) {
  if (!php) return;
  for (const call of php.calls) {
    if (call.method || !/^(?:mail|mb_send_mail)$/i.test(call.name)) continue;
    const fifth = argumentsOf(php, call)?.[4];
    if (fifth && /-f/.test(text.slice(fifth.start, Math.min(fifth.end, fifth.start + 500))))
      yield { rule: 'mail-sender', at: call.at, about: `${call.name}()` };
  }
};
