/**
 * Gives the room of bytes back at once, where nobody reads them again. node:crypto makes new room for each piece that it
 * encrypts, and for every 64 MB of it V8 marks its whole heap. They must have their room for themselves: what
 * `Buffer.allocUnsafe` and `Buffer.from` make may share it. Afterwards they are empty.
 */
export function giveBack({ buffer }: Uint8Array): void {
  (buffer as ArrayBuffer).transfer(0);
}

/** Its room is shared with no other bytes. */
export function isAlone({ length, buffer }: Uint8Array): boolean {
  return length === buffer.byteLength;
}
