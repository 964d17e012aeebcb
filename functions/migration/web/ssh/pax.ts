import { TarProblem } from './tar-problem.ts';

/** Records of a pax header (IEEE 1003.1-2001): `length key=value\n`. Only what the reader needs is kept. */
export function readPax(bytes: Buffer): { name?: Buffer; size?: number; mtime?: number } {
  const found: { name?: Buffer; size?: number; mtime?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = bytes.toString('latin1', at, Math.min(space < 0 ? at : space, at + 10));
    const length = /^[1-9]\d*$/.test(digits) ? Number(digits) : 0;
    const record = bytes.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    if (at + length > bytes.length || equals < 1 || bytes[at + length - 1] !== 0x0a)
      throw new TarProblem('pax');
    const key = record.toString('latin1', 0, equals);
    const value = record.subarray(equals + 1);
    if (key.startsWith('GNU.sparse.')) throw new TarProblem('sparse');
    if (key === 'path') found.name = Buffer.from(value);
    if (key === 'size') found.size = decimal(value);
    if (key === 'mtime') found.mtime = Math.floor(decimal(value));
    at += length;
  }
  return found;
}

function decimal(value: Buffer): number {
  const text = value.toString('latin1');
  if (!/^\d{1,16}(\.\d*)?$/.test(text)) throw new TarProblem('pax');
  return Number(text);
}
