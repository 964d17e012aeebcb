import { deflateRawSync } from 'node:zlib';

/** Shift_JIS and ISO-2022-JP by hand: Node reads these encodings and does not write them. */
const shiftJis = {
  見積書: Buffer.from([0x8c, 0xa9, 0x90, 0xcf, 0x8f, 0x91]),
  表示: Buffer.from([0x95, 0x5c, 0x8e, 0xa6]),
};
const eucJp = { 見積書: Buffer.from([0xb8, 0xab, 0xc0, 0xd1, 0xbd, 0xf1]) };
const iso2022Jp = Buffer.concat([
  Buffer.from('\x1b$B'),
  Buffer.from([0x38, 0x2b, 0x40, 0x51, 0x3d, 0x71]),
  Buffer.from('\x1b(B'),
]);

const crlf = (...lines: (string | Buffer)[]) =>
  Buffer.concat(
    lines.flatMap((line) => [
      typeof line === 'string' ? Buffer.from(line, 'latin1') : line,
      Buffer.from('\r\n'),
    ]),
  );

function nested(depth: number): Buffer {
  const open: string[] = ['From: a@example.jp', 'Subject: nested', 'MIME-Version: 1.0'];
  for (let level = 0; level < depth; level++) {
    open.push(`Content-Type: multipart/mixed; boundary="b${level}"`, '', `--b${level}`);
  }
  open.push('Content-Type: text/plain', '', 'inside');
  for (let level = depth - 1; level >= 0; level--) open.push(`--b${level}--`);
  return crlf(...open);
}

function uuencoded(data: Buffer): string[] {
  const lines = ['begin 644 mitsumori.xls'];
  for (let at = 0; at < data.length; at += 45) {
    const line = data.subarray(at, at + 45);
    let text = String.fromCharCode(32 + line.length);
    for (let three = 0; three < line.length; three += 3) {
      const [a = 0, b = 0, c = 0] = line.subarray(three, three + 3);
      for (const six of [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63]) {
        text += six === 0 ? '`' : String.fromCharCode(32 + six);
      }
    }
    lines.push(text);
  }
  return [...lines, '`', 'end'];
}

const attachment = deflateRawSync(Buffer.from('bytes '.repeat(3000)));
/** TNEF begins with this signature and a key. */
const tnef = Buffer.concat([Buffer.from([0x78, 0x9f, 0x3e, 0x22, 0x01, 0x00]), attachment]);
const base64Lines = (data: Buffer) => data.toString('base64').match(/.{1,76}/g)!;

/** Mail as old programs and servers wrote it; each must arrive byte for byte where the target can hold it. */
export const realMail: Record<string, Buffer> = {
  'ISO-2022-JP, header and body': crlf(
    'From: =?ISO-2022-JP?B?GyRCOytCPBsoQg==?= <yamada@example.jp>',
    'Subject: =?iso-2022-jp?B?GyRCOCtAUT1xGyhC?=',
    'Content-Type: text/plain; charset=ISO-2022-JP',
    'Content-Transfer-Encoding: 7bit',
    '',
    iso2022Jp,
    '.',
    '..two dots at the beginning',
    'From the beginning of a line',
  ),
  'raw Shift_JIS in the header, a backslash in its second byte': crlf(
    Buffer.concat([Buffer.from('Subject: '), shiftJis.見積書, shiftJis.表示]),
    'From: suzuki@example.jp',
    'Content-Type: text/plain; charset=Shift_JIS',
    'Content-Transfer-Encoding: 8bit',
    '',
    shiftJis.表示,
  ),
  'raw EUC-JP without any MIME': crlf(
    Buffer.concat([Buffer.from('Subject: '), eucJp.見積書]),
    '',
    eucJp.見積書,
  ),
  'every byte from 128 to 255 in a header': crlf(
    Buffer.concat([Buffer.from('X-Raw: '), Buffer.from(Array.from({ length: 128 }, (_, at) => at + 128))]),
    '',
    'body',
  ),
  'MIME nested 50 deep': nested(50),
  'S/MIME, signed': crlf(
    'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="s"',
    '',
    '--s',
    'Content-Type: text/plain',
    '',
    'signed text with trailing blanks   ',
    '--s',
    'Content-Type: application/pkcs7-signature; name=smime.p7s',
    'Content-Transfer-Encoding: base64',
    '',
    ...base64Lines(attachment),
    '--s--',
  ),
  uuencode: crlf('Subject: old', '', 'Please see:', ...uuencoded(attachment)),
  'winmail.dat': crlf(
    'Subject: TNEF',
    'Content-Type: application/ms-tnef; name="winmail.dat"',
    'Content-Transfer-Encoding: base64',
    '',
    ...base64Lines(tnef),
  ),
  'no header at all': Buffer.from('\r\njust a body\r\n'),
  'no body and no line end': Buffer.from('Subject: unfinished'),
  'no Message-ID': crlf('From: a@example.jp', 'Subject: anonymous', '', 'body'),
  'a line of 100,000 characters': crlf('Subject: long', '', 'x'.repeat(100_000)),
  'one Message-ID, first body': crlf('Message-ID: <same@example.jp>', 'Subject: one', '', 'first'),
  'one Message-ID, second body': crlf('Message-ID: <same@example.jp>', 'Subject: one', '', 'second'),
  'a single byte': Buffer.from('x'),
};
