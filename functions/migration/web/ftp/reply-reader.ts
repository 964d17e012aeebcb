import { lost, type Reply } from './reply.ts';

/** Characters of one reply. */
const longest = 64 * 1024;

/** Cuts what a server says into replies (RFC 959, section 4.2); lines that belong to none are passed over. */
export class ReplyReader {
  /** A line that has not ended. */
  #rest = '';
  /** A reply of several lines, so far. */
  #lines: string[] = [];
  #length = 0;

  /** Throws TransientError when a reply does not end. */
  push(text: string): Reply[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    const replies: Reply[] = [];
    for (const line of lines) {
      const reply = this.#take(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (reply) replies.push(reply);
    }
    if (this.#length + this.#rest.length > longest) throw lost();
    return replies;
  }

  #take(line: string): Reply | undefined {
    const [first = line] = this.#lines;
    if (this.#lines.length === 0 && !/^\d{3}(?:[ -]|$)/.test(line)) return undefined;
    this.#lines.push(line);
    this.#length += line.length;
    const ends = line.startsWith(first.slice(0, 3)) && (line.length === 3 || line[3] === ' ');
    if (!ends) {
      if (this.#length > longest) throw lost();
      return undefined;
    }
    const text = this.#lines.join('\n');
    this.#lines = [];
    this.#length = 0;
    return { code: Number(first.slice(0, 3)), text };
  }
}
