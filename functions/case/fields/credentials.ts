import { line, missing, typed } from './text.ts';

/** A password, to the character: not trimmed, not normalised. Line breaks and control characters cannot be typed in. */
export function password(max: number) {
  return typed(max)
    .min(1, missing)
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), '使えない文字（改行や制御文字）が含まれています。');
}

/** A private key, OpenSSH or PEM; a public one and PuTTY's format are refused with a sentence that says what to do. */
export function privateKey() {
  return typed(16_384)
    .overwrite((text) => `${text.replace(/\r\n?/g, '\n').trim()}\n`)
    .refine((text) => !text.startsWith('PuTTY-User-Key-File'), {
      message: 'PuTTY の鍵は、PuTTYgen の「Export OpenSSH key」で OpenSSH 形式にしてから貼り付けてください。',
      abort: true,
    })
    .refine(
      (text) => /^-----BEGIN ([A-Z ]*PRIVATE KEY)-----\n[\x20-\x7e\n]+\n-----END \1-----\n$/.test(text),
      '秘密鍵を「-----BEGIN」の行から「-----END」の行まで、すべて貼り付けてください。',
    );
}

/** The log-in name on a server. */
export function userName() {
  return line(128);
}

/** A directory on a server: absolute, or below the log-in's own. Never upwards. */
export function directory() {
  return line(1024).refine(
    (path) => !path.split(/[/\\]/).includes('..'),
    'フォルダを「/home/example/public_html」の形で入力してください（「..」は使えません）。',
  );
}
