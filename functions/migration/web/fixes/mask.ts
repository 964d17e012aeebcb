/** Stands for a secret wherever a line of a customer's file is shown. */
export const hidden = '********';

/** In the names of settings whose values are nobody's business. */
const secretWord =
  /pass(?:wd|word|phrase)?|pwd|secret|token|credential|private_?key|api_?key|access_?key|auth_?key|salt|(?:logged_in|nonce|encryption|app)_?key/gi;
/** `WORD'] = `, `-word" => `, `_PASSWORD', `: what stands between the name and its value. */
const separator = /[a-z0-9_]{0,20}['"]?\]?\s{0,10}(?:=>|={1,3}|[:,])\s{0,10}/iy;
const quoted = /'(?:[^'\\\r\n]|\\.){0,2000}'?|"(?:[^"\\\r\n]|\\.){0,2000}"?/y;
const bare = /(?![$>*\s])[^\s'"<>;,)]{1,2000}/y;

const forms: readonly [RegExp, string][] = [
  // scheme://user:x@host
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"]{0,100}:)[^\s@'"/]{1,200}(?=@)/gi, `$1${hidden}`],
  [/(Authorization:\s{0,5}(?:Basic|Bearer)\s{1,5})[^\s'"]{4,2000}/gi, `$1${hidden}`],
];

/** Third and later literals of a call that connects to something. */
const connecting =
  /(\b(?:mysqli?_p?connect|mysqli_real_connect|new\s+\\?(?:mysqli|PDO)|ftp_login|imap_open|ldap_bind|ssh2_auth_password)\s{0,5}\()([^)\r\n]{0,1000})/gi;
const literal = /(['"])(?:(?!\1)[^\\\r\n]|\\.){0,500}\1/g;

/** Long strings of letters of both cases and digits: keys, whatever they are called. */
const keyLike =
  /(?<![\w/.-])(?=[A-Za-z0-9+/=_-]{0,80}\d)(?=[A-Za-z0-9+/=_-]{0,80}[a-z])(?=[A-Za-z0-9+/=_-]{0,80}[A-Z])[A-Za-z0-9+=_-]{24,}/g;

/**
 * A line of a customer's file as it may be shown: values of passwords, keys and tokens are replaced. What cannot be told
 * from a plain text by its name or its form stays; that is why such lines are never kept beyond the customer's data (R24).
 */
export function maskSecrets(line: string): string {
  let masked = maskNamed(line.replace(/-----BEGIN[^\n]{0,80}/g, hidden));
  for (const [pattern, replacement] of forms) masked = masked.replace(pattern, replacement);
  masked = masked.replace(connecting, (_, call: string, list: string) => {
    let count = 0;
    return `${call}${list.replace(literal, (text, quote: string) => {
      count += 1;
      return count > 1 ? `${quote}${hidden}${quote}` : text;
    })}`;
  });
  return masked.replace(keyLike, hidden);
}

function maskNamed(line: string): string {
  const pieces: string[] = [];
  let at = 0;
  for (const match of line.matchAll(secretWord)) {
    const name = match.index + match[0].length;
    if (name < at) continue;
    separator.lastIndex = name;
    const between = separator.exec(line);
    if (!between) continue;
    const start = name + between[0].length;
    quoted.lastIndex = start;
    bare.lastIndex = start;
    const literal = quoted.exec(line)?.[0];
    // Without quotes what follows a comma is another argument.
    const value = literal ?? (between[0].includes(',') ? undefined : bare.exec(line)?.[0]);
    if (value === undefined) continue;
    const quote = literal?.[0] ?? '';
    pieces.push(line.slice(at, start), quote, hidden, quote);
    at = start + value.length;
  }
  pieces.push(line.slice(at));
  return pieces.join('');
}
