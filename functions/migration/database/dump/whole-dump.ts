import { TerminalError } from '../../../case/errors.ts';

/** Bytes at either end in which the programs' own words stand. */
const edge = 4096;
/** mysqldump and mariadb-dump without --skip-comments, pg_dump always. */
const begun = /^-- (?:MySQL|MariaDB) dump |^-- PostgreSQL database dump\s*$/m;
const ended = /^-- Dump completed|^-- PostgreSQL database (?:cluster )?dump complete/m;

/**
 * The same bytes; what its own head says to be the work of a dump program, and lacks that program's last words, was cut off,
 * be it between two statements. Throws TerminalError.
 */
export async function* inWhole(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (head.length < edge) head = Buffer.concat([head, piece.subarray(0, edge - head.length)]);
    tail = piece.length >= edge ? piece.subarray(-edge) : Buffer.concat([tail, piece]).subarray(-edge);
    yield piece;
  }
  if (!begun.test(head.toString('latin1')) || ended.test(tail.toString('latin1'))) return;
  throw new TerminalError(
    'ダンプが途中で切れています(書き出しの終わりを示す行がありません)。取り込みを止めました。もう一度書き出すか、送り直してください。',
  );
}
