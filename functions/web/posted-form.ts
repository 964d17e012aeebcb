import type { Posted } from '../case/form.ts';
import { isWorkbook } from './read-workbooks.ts';

/** A request that is refused before anything is looked at; the page for the status says what to do. */
export class RefusedRequest extends Error {
  override name = 'RefusedRequest';
  readonly status: 400 | 403 | 404 | 413 | 415;
  constructor(status: RefusedRequest['status']) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/** The longest hearing sheet in Japanese, percent-encoded, stays well below. */
const largestForm = 512 * 1024;
/** With a workbook in it, and the pictures in that. API Gateway and Lambda take 4.5 MB. */
const largestWithFile = 3 * 1024 * 1024;
const mostFields = 500;

/** Beyond the bound so much is read and thrown away: a browser that is still sending does not look at the answer. */
const mostDiscarded = 8 * 1024 * 1024;

/** Keeps at most `largest` bytes, whatever the headers promise. Throws RefusedRequest 413. */
export async function boundedBody(request: Request, largest: number): Promise<Uint8Array<ArrayBuffer>> {
  const promised = Number(request.headers.get('content-length') ?? 0);
  if (promised > largest + mostDiscarded) throw new RefusedRequest(413);
  let size = promised > largest ? largest + 1 : 0;
  let parts: Uint8Array[] = [];
  for await (const part of request.body ?? []) {
    size += part.byteLength;
    if (size > largest + mostDiscarded) break;
    if (size <= largest) parts.push(part);
    else parts = [];
  }
  if (size > largest) throw new RefusedRequest(413);
  return new Uint8Array(Buffer.concat(parts));
}

/**
 * A posted HTML form; of a file in it, the text. Throws RefusedRequest 415 (another type), 413 (too large), 400 (cannot be
 * read).
 */
export async function postedForm(request: Request): Promise<Posted> {
  const header = request.headers.get('content-type') ?? '';
  const type = header.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded' && type !== 'multipart/form-data')
    throw new RefusedRequest(415);
  const withFile = type === 'multipart/form-data';
  const body = await boundedBody(request, withFile ? largestWithFile : largestForm);
  const parameters = withFile
    ? await parts(body, header)
    : [...new URLSearchParams(new TextDecoder().decode(body))];
  if (parameters.length > mostFields) throw new RefusedRequest(400);
  // Without a prototype: a field named __proto__ is a field like any other, and no schema knows it.
  const posted: Posted = Object.create(null);
  for (const [name, value] of parameters) {
    const known = posted[name];
    if (known === undefined) posted[name] = value;
    else posted[name] = [...(Array.isArray(known) ? known : [known]), value];
  }
  return posted;
}

async function parts(body: Uint8Array<ArrayBuffer>, type: string): Promise<[string, string][]> {
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => {
    throw new RefusedRequest(400);
  });
  return Promise.all(
    [...form].map(async ([name, value]): Promise<[string, string]> => {
      if (typeof value === 'string') return [name, value];
      return [name, fileText(new Uint8Array(await value.arrayBuffer()))];
    }),
  );
}

/**
 * As Japanese spreadsheets save it: UTF-8, CP932, or UTF-16 where it says so. Workbooks, and what is none of these, go on as
 * bytes: whoever asked for it reads or refuses it.
 */
function fileText(bytes: Uint8Array): string {
  if (isWorkbook(bytes)) return Buffer.from(bytes).toString('latin1');
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  for (const encoding of ['utf-8', 'shift_jis']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this one.
    }
  }
  return Buffer.from(bytes).toString('latin1');
}

/**
 * The file of a multipart form. Its name is used for nothing; one that is a path comes from no page of ours. Throws
 * RefusedRequest 415 (another type), 413 (too large), 400 (cannot be read, no file, a path).
 */
export async function postedFile(request: Request, field: string, largest: number): Promise<Uint8Array> {
  const type = request.headers.get('content-type') ?? '';
  if (!type.toLowerCase().startsWith('multipart/form-data')) throw new RefusedRequest(415);
  const body = await boundedBody(request, largest + 64 * 1024);
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => {
    throw new RefusedRequest(400);
  });
  const file = form.get(field);
  if (!(file instanceof File) || isPath(file.name)) throw new RefusedRequest(400);
  return new Uint8Array(await file.arrayBuffer());
}

function isPath(name: string): boolean {
  return /[/\\\0]/.test(name) || name === '.' || name === '..';
}
