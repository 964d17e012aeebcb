/** A version of an object, or the marker that a plain deletion leaves. Newest first within a key. */
interface Version {
  id: string;
  size: number;
  marker: boolean;
}

const pageLength = 3;

/** What S3 knows of a versioned bucket besides the bytes: versions, markers, uploads under way. */
export class Versions {
  readonly #kept = new Map<string, Map<string, Version[]>>();
  readonly #uploads = new Map<string, { bucket: string; key: string }>();
  #count = 0;

  add(bucket: string, key: string, size: number, uploadId: string | null): void {
    if (uploadId) this.#uploads.delete(uploadId);
    this.#of(bucket, key).unshift({ id: this.#next('version'), size, marker: false });
  }

  begin(bucket: string, key: string, uploadId: string): void {
    this.#uploads.set(uploadId, { bucket, key });
  }

  abort(uploadId: string): void {
    this.#uploads.delete(uploadId);
  }

  /** For the tests: how many versions and uploads there are of what. */
  count(bucket: string, prefix: string): { versions: number; uploads: number } {
    const versions = this.#keys(bucket, prefix).flatMap((key) => this.#of(bucket, key)).length;
    const uploads = [...this.#uploads.values()].filter(
      (one) => one.bucket === bucket && one.key.startsWith(prefix),
    );
    return { versions, uploads: uploads.length };
  }

  /** DeleteObjects; returns the keys of which nothing is readable any more. */
  deleteAsAsked(bucket: string, xml: string): string[] {
    const gone: string[] = [];
    for (const [, object = ''] of xml.matchAll(/<Object>(.*?)<\/Object>/gs)) {
      const key = fromXml(/<Key>(.*?)<\/Key>/s.exec(object)![1]!);
      const id = /<VersionId>(.*?)<\/VersionId>/.exec(object)?.[1];
      const versions = this.#of(bucket, key);
      if (!id) versions.unshift({ id: this.#next('marker'), size: 0, marker: true });
      else {
        const place = versions.findIndex((version) => version.id === id);
        if (place >= 0) versions.splice(place, 1);
      }
      if (versions.length === 0 || versions[0]!.marker) gone.push(key);
      if (versions.length === 0) this.#kept.get(bucket)?.delete(key);
    }
    return gone;
  }

  listObjects(bucket: string, query: URLSearchParams): string {
    const after = query.get('continuation-token') ?? '';
    const keys = this.#keys(bucket, query.get('prefix') ?? '').filter(
      (key) => !this.#of(bucket, key)[0]!.marker,
    );
    const rest = after ? keys.slice(keys.indexOf(Buffer.from(after, 'base64url').toString()) + 1) : keys;
    const page = rest.slice(0, pageLength);
    const next = rest.length > page.length ? Buffer.from(page.at(-1)!).toString('base64url') : undefined;
    const contents = page.map(
      (key) => `<Contents><Key>${toXml(key)}</Key><Size>${this.#of(bucket, key)[0]!.size}</Size></Contents>`,
    );
    return answer('ListBucketResult', next !== undefined, [
      ...contents,
      ...(next ? [`<NextContinuationToken>${next}</NextContinuationToken>`] : []),
    ]);
  }

  listVersions(bucket: string, query: URLSearchParams): string {
    const all = this.#keys(bucket, query.get('prefix') ?? '').flatMap((key) =>
      this.#of(bucket, key).map((version, index) => ({ ...version, key, latest: index === 0 })),
    );
    const [afterKey, afterId] = [query.get('key-marker') ?? '', query.get('version-id-marker')];
    // The entries before the marker may have been deleted since.
    const begin = all.findIndex(
      (one) => compare(one.key, afterKey) > 0 || (one.key === afterKey && one.id !== afterId),
    );
    const rest = afterKey ? (begin < 0 ? [] : all.slice(begin)) : all;
    const page = rest.slice(0, pageLength);
    const last = page.at(-1);
    return answer('ListVersionsResult', rest.length > page.length, [
      ...page.map(({ key, id, latest, marker, size }) => {
        const name = marker ? 'DeleteMarker' : 'Version';
        const what = `<Key>${toXml(key)}</Key><VersionId>${id}</VersionId><IsLatest>${latest}</IsLatest>`;
        return `<${name}>${what}<Size>${size}</Size></${name}>`;
      }),
      ...(rest.length > page.length
        ? [
            `<NextKeyMarker>${toXml(last!.key)}</NextKeyMarker><NextVersionIdMarker>${last!.id}</NextVersionIdMarker>`,
          ]
        : []),
    ]);
  }

  listUploads(bucket: string, query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const found = [...this.#uploads].filter(([, one]) => one.bucket === bucket && one.key.startsWith(prefix));
    const [[id, first] = []] = found;
    const upload = first ? `<Upload><Key>${toXml(first.key)}</Key><UploadId>${id}</UploadId></Upload>` : '';
    const next = first
      ? `<NextKeyMarker>${toXml(first.key)}</NextKeyMarker><NextUploadIdMarker>${id}</NextUploadIdMarker>`
      : '';
    return answer('ListMultipartUploadsResult', found.length > 1, [upload, next]);
  }

  #next(what: string): string {
    this.#count += 1;
    return `${what}-${this.#count}`;
  }

  #of(bucket: string, key: string): Version[] {
    const keys = this.#kept.get(bucket) ?? new Map<string, Version[]>();
    this.#kept.set(bucket, keys);
    const versions = keys.get(key) ?? [];
    keys.set(key, versions);
    return versions;
  }

  #keys(bucket: string, prefix: string): string[] {
    return [...(this.#kept.get(bucket)?.keys() ?? [])].filter((key) => key.startsWith(prefix)).sort(compare);
  }
}

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function answer(root: string, truncated: boolean, parts: string[]): string {
  const start = `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`;
  return `${start}<IsTruncated>${truncated}</IsTruncated>${parts.join('')}</${root}>`;
}

const toXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const fromXml = (text: string) =>
  text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
