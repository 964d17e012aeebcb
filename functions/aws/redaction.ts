/**
 * What a running handler has seen of secrets, so that none of them leaves it in the text of an error. Kept for one
 * invocation. Knows a secret as it is and in base64 (also inside a longer text), hex, URL and JSON form.
 */
export class Redaction {
  readonly #secrets = new Set<string>();

  /** Shorter values are not looked for: they would be found everywhere, and protect nothing. */
  static readonly shortest = 4;

  add(secret: string): void {
    if (secret.length < Redaction.shortest || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    for (const part of textsIn(secret)) this.add(part);
  }

  /** Values below names that say what they are: taskToken, password, privateKey … */
  addFrom(value: unknown, depth = 0): void {
    if (typeof value !== 'object' || value === null || depth > 20) return;
    for (const [name, part] of Object.entries(value)) {
      if (
        typeof part === 'string' &&
        /token|passw|passphrase|secret|privatekey|cookie|authorization/i.test(name)
      ) {
        this.add(part);
      } else this.addFrom(part, depth + 1);
    }
  }

  clean(text: string): string {
    const forms = [...this.#secrets].flatMap(formsOf).sort((a, b) => b.length - a.length);
    return forms.reduce((cleaned, form) => cleaned.replaceAll(form, '[secret]'), text);
  }
}

/** The secrets inside a secret: access to a server is kept as one JSON text. */
function textsIn(secret: string): string[] {
  if (!/^[[{]/.test(secret)) return [];
  try {
    const texts: string[] = [];
    JSON.parse(secret, (_, value: unknown) => {
      if (typeof value === 'string') texts.push(value);
      return value;
    });
    return texts;
  } catch {
    return [];
  }
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((before) => base64Within(bytes, before));
  const url = encodeURIComponent(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams({ '': secret }).toString().slice(1),
  ].filter((form) => form.length >= Redaction.shortest);
}

/** The characters that `secret` alone decides when `before` bytes (modulo 3) stand in front of it. */
function base64Within(secret: Buffer, before: number): string {
  const whole = Buffer.concat([Buffer.alloc(before), secret]);
  return whole.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6));
}
