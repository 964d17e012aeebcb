import { isAscii } from 'node:buffer';
import { joinPath, nameOf, parentOf } from '../../position.ts';
import { isPlainlyUtf8 } from './count-names.ts';
import { decodeExactly, encodeExactly, type OldEncoding } from './encodings.ts';

/** Stands before a name that is only at the target and that no name of the source becomes. No name to be copied has it. */
const foreign = Buffer.of(0);

/**
 * The names that a source's names get at the target, and back. One to one: a name in the old encoding becomes UTF-8,
 * any other stays, and so does whatever is in `kept` (paths of the source, in latin1), where the rule alone would give
 * two objects one name or could not tell where a name came from (kept-names.ts).
 */
export class TargetNames {
  readonly #encoding: OldEncoding;
  readonly #kept: ReadonlySet<string>;

  constructor(encoding: OldEncoding, kept: ReadonlySet<string>) {
    this.#encoding = encoding;
    this.#kept = kept;
  }

  /** The path at the target of a path of the source. */
  path(source: Buffer): Buffer {
    if (isAscii(source)) return source;
    const above = parentOf(source);
    return joinPath(this.path(above), this.name(above, nameOf(source)));
  }

  /** The name at the target of `name` in a directory of the source. */
  name(directory: Buffer, name: Buffer): Buffer {
    if (name[0] === 0) return name.subarray(1);
    return this.#isKept(directory, name) ? name : convertName(name, this.#encoding);
  }

  /** The name of the source that bears `name` at the target. */
  sourceName(directory: Buffer, name: Buffer): Buffer {
    if (isAscii(name) || this.#isKept(directory, name)) return name;
    const old = originOf(name, this.#encoding);
    if (old && !this.#isKept(directory, old)) return old;
    return convertName(name, this.#encoding).equals(name) ? name : Buffer.concat([foreign, name]);
  }

  #isKept(directory: Buffer, name: Buffer): boolean {
    return this.#kept.size > 0 && this.#kept.has(joinPath(directory, name).toString('latin1'));
  }
}

/** UTF-8 for a name in the old encoding; any other name as it is. */
export function convertName(name: Buffer, encoding: OldEncoding): Buffer {
  if (isAscii(name) || isPlainlyUtf8(name)) return name;
  const text = decodeExactly(name, encoding);
  return text === undefined ? name : Buffer.from(text);
}

/** The name in the old encoding that would be converted to this one, if there is any. */
export function originOf(name: Buffer, encoding: OldEncoding): Buffer | undefined {
  const old = encodeExactly(name.toString(), encoding);
  return old && !old.equals(name) && convertName(old, encoding).equals(name) ? old : undefined;
}
