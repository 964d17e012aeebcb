import { isUtf8 } from 'node:buffer';
import { RetryAfterError, TerminalError, TransientError } from '../../../case/errors.ts';

/** The server broke the protocol, or went beyond a cap of ours. The connection is closed; what was moved is kept. */
export class ImapProtocolError extends TerminalError {
  override name = 'ImapProtocolError';
}

/** A completed command with NO or BAD. `answer` is the server's text, cleaned; `code` is its response code or ''. */
export class ImapRefusedError extends TerminalError {
  override name = 'ImapRefusedError';
  readonly status: 'NO' | 'BAD';
  readonly code: string;
  readonly answer: string;
  constructor(command: string, status: 'NO' | 'BAD', code: string, answer: string) {
    super(`メールサーバーが ${command} を断りました: ${answer || status}`);
    this.status = status;
    this.code = code;
    this.answer = answer;
  }
}

/** The server has a message and does not give it: what it gave besides was taken, and the connection goes on. */
export class UnreadableError extends TransientError {}

/** For a promise's `catch`: a refusal becomes its value. */
export function refusalOnly(error: Error): ImapRefusedError {
  if (error instanceof ImapRefusedError) return error;
  throw error;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** One mailbox does not open: wrong or no password, locked, unknown. The other accounts go on. */
export class AccountRefusedError extends TerminalError {
  override name = 'AccountRefusedError';
  /** Of the server's answer to the log-in, '' when it had none; undefined when no password was sent. */
  readonly code: string | undefined;
  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** Dovecot ends its answers with how long they took. */
const timing = /\.? \((?:\d+\.\d+ ?\+ ?)*\d+\.\d+ secs\)\.?\s*$/;

/** A server's text as it may be shown: one line, no control characters, at most 200 characters, no secret echoed. */
export function cleanAnswer(text: string, secrets: readonly string[] = []): string {
  // Lines are read a byte a character; servers' texts are UTF-8 today.
  const bytes = Buffer.from(text, 'latin1');
  let clean = isUtf8(bytes) ? bytes.toString() : text;
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, '…');
  return clean.replace(control, ' ').replace(timing, '').trim().slice(0, 200);
}

const busy = ['UNAVAILABLE', 'THROTTLED', 'INUSE', 'IN-USE', 'LOGIN-DELAY', 'SYS/TEMP'];

/** Exchange says "throttled … Backoff 12345 ms", Gmail and Dovecot say it in words or codes (RFC 5530, RFC 2449). */
export function throttled(code: string, answer: string): RetryAfterError | undefined {
  const backOff = /back-?off\D{0,20}(\d{1,9}) ?(?:ms|milli)?/i.exec(answer);
  const words =
    /throttl|too many (?:simultaneous )?(?:connections|sessions|logins)|maximum number of connections|bandwidth limit|try again later|temporarily/i;
  if (code === 'AUTHENTICATIONFAILED' || (code === 'OVERQUOTA' && !/bandwidth/i.test(answer)))
    return undefined;
  if (!backOff && !words.test(answer) && !busy.includes(code)) return undefined;
  const wait = backOff ? Number(backOff[1]) : /bandwidth/i.test(answer) ? 3_600_000 : undefined;
  return askedToWait(answer || code, wait);
}

/** `wait` in milliseconds. */
export function askedToWait(words: string, wait = 60_000): RetryAfterError {
  return new RetryAfterError(
    `メールサーバーが待つよう求めています: ${words}。移行済みの分は保持され、後で再開します。`,
    new Date(Date.now() + wait),
  );
}
