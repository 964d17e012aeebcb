import { checkKey, checkPrefix } from '../../functions/case/object-key.ts';
import { NotFoundError, type Objects, type Vault } from '../../functions/case/ports.ts';

/** Objects and Vault in memory; held to ports.ts by what the engine asks of them. */
export class MemoryObjects implements Objects {
  readonly stored = new Map<string, Buffer>();

  async put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    checkKey(key);
    if (body instanceof Uint8Array) {
      this.stored.set(key, Buffer.from(body));
      return;
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece);
    this.stored.set(key, Buffer.concat(pieces));
  }

  async *get(key: string, range?: { start: number; end?: number }): AsyncIterable<Uint8Array> {
    const found = this.stored.get(key);
    if (!found) throw new NotFoundError(key);
    const bytes = found.subarray(range?.start ?? 0, range?.end ?? found.length);
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
  }

  async size(key: string): Promise<number | undefined> {
    return this.stored.get(key)?.length;
  }

  async *list(prefix: string): AsyncIterable<{ key: string; size: number }> {
    checkPrefix(prefix);
    const keys = [...this.stored.keys()].filter((key) => key.startsWith(prefix));
    keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const key of keys) yield { key, size: this.stored.get(key)!.length };
  }

  async deleteAll(prefix: string): Promise<number> {
    let count = 0;
    for await (const { key } of this.list(prefix)) if (this.stored.delete(key)) count += 1;
    return count;
  }
}

export class MemoryVault implements Vault {
  readonly #secrets = new Map<string, string>();

  async put(caseId: string, name: string, value: string): Promise<void> {
    this.#secrets.set(`${caseId}/${name}`, value);
  }

  async get(caseId: string, name: string): Promise<string | undefined> {
    return this.#secrets.get(`${caseId}/${name}`);
  }

  async erase(caseId: string): Promise<number> {
    const names = [...this.#secrets.keys()].filter((key) => key.startsWith(`${caseId}/`));
    for (const name of names) this.#secrets.delete(name);
    return names.length;
  }
}
