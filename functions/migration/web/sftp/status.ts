import { TransientError } from '../../../case/errors.ts';
import { ObjectProblem } from '../../object-problem.ts';
import { nonsense, PacketReader, packetType } from './packet.ts';
import type { Reply } from './session.ts';

export const statusCode = {
  ok: 0,
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  noConnection: 6,
  connectionLost: 7,
} as const;

/** The server's own words are not passed on: they may hold paths and escapes. */
export function problemOf(code: number, what: string): Error {
  switch (code) {
    case statusCode.noSuchFile:
      return new ObjectProblem('missing', what);
    case statusCode.permissionDenied:
      return new ObjectProblem('denied', what);
    case statusCode.noConnection:
    case statusCode.connectionLost:
      return new TransientError('サーバーが接続の切断を知らせました。続きから再開します。');
    default:
      return new ObjectProblem('failed', what);
  }
}

/** The code of a status reply; throws when the reply is something else. */
export function codeOf(reply: Reply): number {
  if (reply.type !== packetType.status) throw nonsense();
  return new PacketReader(reply.body).uint32();
}

export function expectOk(reply: Reply, what: string): void {
  const code = codeOf(reply);
  if (code !== statusCode.ok) throw problemOf(code, what);
}

/** The fields of a reply of the wanted type; a status instead is a problem. */
export function expectType(reply: Reply, type: number, what: string): PacketReader {
  if (reply.type === packetType.status) throw problemOf(codeOf(reply), what);
  if (reply.type !== type) throw nonsense();
  return new PacketReader(reply.body);
}
