import { giveBack } from '../../give-back.ts';

/** A number is a uint32. */
export type Field = Buffer | number;

const batchBytes = 256 * 1024;
const mostIdle = 2;

/** Requests of one moment leave together, one behind the other in few large buffers, which are used again. */
export class Outgoing {
  readonly #write: (bytes: Buffer, taken: () => void) => void;
  readonly #idle: Buffer[] = [];
  #batch: Buffer = Buffer.allocUnsafeSlow(batchBytes);
  #used = 0;
  #due = false;

  /** `write` says when the bytes have been taken: until then they are left alone. */
  constructor(write: (bytes: Buffer, taken: () => void) => void) {
    this.#write = write;
  }

  add(type: number, id: number, fields: readonly Field[]): void {
    let length = 5;
    for (const field of fields) length += typeof field === 'number' ? 4 : field.length;
    this.#uint32(length);
    this.#room(1);
    this.#batch[this.#used++] = type;
    this.#uint32(id);
    for (const field of fields) {
      if (typeof field === 'number') this.#uint32(field);
      else this.#bytes(field);
    }
    if (this.#due) return;
    this.#due = true;
    setImmediate(() => {
      this.#due = false;
      this.#leave();
    });
  }

  #uint32(value: number): void {
    this.#room(4);
    this.#used = this.#batch.writeUInt32BE(value >>> 0, this.#used);
  }

  #bytes(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      this.#room(1);
      const count = bytes.copy(this.#batch, this.#used, at);
      this.#used += count;
      at += count;
    }
  }

  #room(count: number): void {
    if (batchBytes - this.#used < count) this.#leave();
  }

  #leave(): void {
    if (this.#used === 0) return;
    const batch = this.#batch;
    const bytes = batch.subarray(0, this.#used);
    this.#batch = this.#idle.pop() ?? Buffer.allocUnsafeSlow(batchBytes);
    this.#used = 0;
    this.#write(bytes, () => {
      if (this.#idle.length < mostIdle) this.#idle.push(batch);
      else giveBack(batch);
    });
  }
}
