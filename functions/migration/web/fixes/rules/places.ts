import type { FixRule } from '../../../../case/web-fixes/rules.ts';
import { isCharacterStart } from '../encoding.ts';
import { isComment } from '../php-code.ts';
import type { Found, Rule } from '../rule.ts';
import { isSerialised } from '../serialised.ts';
import { endOfLine, lineAt, type SourceFile } from '../source-file.ts';

/** Paths, host names and addresses of the old server, in whatever file they are. */
export const places: Rule = function* (file, { request }) {
  const { sourceRoot, targetRoot, sourceHome, targetHome } = request;
  const paths = [
    { old: sourceRoot, now: targetRoot },
    { old: sourceHome, now: targetHome },
  ].filter((pair): pair is { old: string; now: string | undefined } => pair.old !== undefined);
  // The longer path first: the document root is usually below the home.
  paths.sort((a, b) => b.old.length - a.old.length);
  const taken = new Set<number>();
  for (const { old, now } of paths) {
    for (const [written, replaced] of [
      [old, now],
      // As JSON and scripts write it.
      [escaped(old), now && escaped(now)],
    ] as const) {
      for (const at of occurrences(file, written, pathGoesOn)) {
        if (taken.has(at)) continue;
        taken.add(at);
        yield found(file, 'old-path', at, written, replaced);
      }
    }
  }
  for (const old of request.oldHosts) {
    for (const at of occurrences(file, old, hostGoesOn)) {
      // Whether a mail address lives on is for a person to know.
      yield found(file, 'old-host', at, old, file.text[at - 1] === '@' ? undefined : request.newHost);
    }
  }
  for (const old of request.oldAddresses) {
    for (const at of occurrences(file, old, addressGoesOn))
      yield found(file, 'old-address', at, old, request.newAddress);
  }
  yield* unknownPaths(file, [...paths.map(({ old }) => old), targetRoot, targetHome]);
};

const escaped = (path: string) => path.replaceAll('/', '\\/');

function found(file: SourceFile, rule: FixRule, at: number, old: string, now: string | undefined): Found {
  if (now === undefined || now === old) return { rule, at, about: old };
  // The string would not be as long as it says, and PHP would read nothing of it.
  if (now.length !== old.length && isSerialised(file, at))
    return { rule, at, about: `${old}（シリアライズされた文字列の中）` };
  return { rule, at, about: old, edits: [{ start: at, end: at + old.length, text: now }] };
}

/** A path is not the beginning of another name, and not the end of one: `/home/a` is in neither `/home/ab` nor `x/home/a`. */
const pathGoesOn = { before: /[A-Za-z0-9._~-]/, after: /^(?:[A-Za-z0-9_~-]|\.[A-Za-z0-9])/ };
const hostGoesOn = { before: /[A-Za-z0-9._-]/, after: /^(?:[A-Za-z0-9_-]|\.[A-Za-z0-9])/ };
const addressGoesOn = { before: /[0-9.]/, after: /^(?:[0-9]|\.[0-9])/ };

function* occurrences(
  file: SourceFile,
  needle: string,
  goesOn: { before: RegExp; after: RegExp },
): Generator<number> {
  // Host names are written in any case; a path is what it is.
  const isPath = /^\\?\//.test(needle);
  const text = isPath ? file.text : lowerAscii(file);
  const wanted = isPath ? needle : needle.toLowerCase();
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    if (goesOn.after.test(text.slice(end, end + 2))) continue;
    // The second byte of a CP932 character may look like a letter.
    if (goesOn.before.test(text[at - 1] ?? '') && startsCharacter(file, at - 1)) continue;
    if (startsCharacter(file, at)) yield at;
  }
}

const lowered = new WeakMap<SourceFile, string>();
function lowerAscii(file: SourceFile): string {
  const known = lowered.get(file);
  if (known !== undefined) return known;
  const text = file.text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  lowered.set(file, text);
  return text;
}

function startsCharacter(file: SourceFile, at: number): boolean {
  if (file.encoding !== 'cp932') return true;
  const line = lineAt(file.lines, at);
  const start = file.lines[line]!;
  return isCharacterStart(file.bytes.subarray(start, endOfLine(file, line)), at - start, file.encoding);
}

/** Directories that hosting companies keep their customers' data in. */
const hosting =
  /(?<![A-Za-z0-9._~/-])\/(?:home\d?|usr\/home|virtual|vhosts|www\/htdocs|var\/www\/(?:vhosts|html)|export\/home|web\/home)\/[A-Za-z0-9._~/-]{2,200}/g;

function* unknownPaths(file: SourceFile, known: readonly (string | undefined)[]): Generator<Found> {
  if (file.type === 'text' && !file.php && !/\.(?:conf|cnf|htpasswd|ya?ml|json|xml)$/.test(file.name)) return;
  for (const match of file.text.matchAll(hosting)) {
    if (file.php && isComment(file.php, match.index)) continue;
    const path = match[0];
    if (known.some((one) => one !== undefined && (path === one || path.startsWith(`${one}/`)))) continue;
    yield { rule: 'unknown-path', at: match.index, about: path.slice(0, 120) };
  }
}
