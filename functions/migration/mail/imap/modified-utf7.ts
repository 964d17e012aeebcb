/** Mailbox names on the wire, RFC 3501, 5.1.3: UTF-16BE in base64 with `,` for `/`, between `&` and `-`. */

/** Names that are not well-formed are returned as they came: the wire form is what the server answers to. */
export function decodeMailboxName(wire: string): string {
  const decoded = wire.replace(/&([^-]*)-/g, (whole, inside: string) => {
    if (inside === '') return '&';
    const bytes = Buffer.from(inside.replaceAll(',', '/'), 'base64');
    if (bytes.length === 0 || bytes.length % 2 !== 0) return whole;
    return new TextDecoder('utf-16be').decode(bytes);
  });
  return encodeMailboxName(decoded) === wire ? decoded : wire;
}

export function encodeMailboxName(name: string): string {
  return name.replace(/[^\x20-\x25\x27-\x7e]+/g, (run) =>
    run
      .split('&')
      .map((part) => (part === '' ? '' : `&${base64(part)}-`))
      .join('&-'),
  );
}

function base64(text: string): string {
  const bytes = Buffer.from(text, 'utf16le').swap16();
  return bytes.toString('base64').replace(/=+$/, '').replaceAll('/', ',');
}
