const slabBytes = 1024 * 1024;

/** Room for the content of files. Small ones share an allocation: thousands of separate ones are dear to collect. */
export class Slab {
  #bytes = Buffer.alloc(0);
  #used = 0;

  take(length: number): Buffer {
    if (length > slabBytes / 4) return Buffer.allocUnsafeSlow(length);
    if (this.#bytes.length - this.#used < length) {
      this.#bytes = Buffer.allocUnsafeSlow(slabBytes);
      this.#used = 0;
    }
    this.#used += length;
    return this.#bytes.subarray(this.#used - length, this.#used);
  }
}
