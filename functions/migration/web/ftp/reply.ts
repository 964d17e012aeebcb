import { TransientError } from '../../../case/errors.ts';
import { ObjectProblem, type ProblemReason } from '../../object-problem.ts';

/** RFC 959, section 4.2. The text is latin1, holds the server's words and paths, and is never shown to anyone. */
export interface Reply {
  code: number;
  text: string;
}

export const isDone = ({ code }: Reply) => code >= 200 && code < 300;
export const isIntermediate = ({ code }: Reply) => code >= 300 && code < 400;
/** 500, 501, 502, 504, 202: the command, or this form of it, is not known here. */
export const isUnknownCommand = ({ code }: Reply) => [202, 500, 501, 502, 504].includes(code);

const words: readonly [RegExp, ProblemReason][] = [
  [/no space|disk full|quota|insufficient|exceeded/i, 'full'],
  [
    /no such|not found|not exist|n't exist|cannot find|cannot be found|file existence|cannot be listed/i,
    'missing',
  ],
  [/denied|not permitted|not allowed|forbidden|privilege|read-only|unauthori[sz]ed/i, 'denied'],
];

/**
 * The reason that a refusal gives; undefined where it gives none (`550 Delete operation failed.`). Servers put the path
 * into the text: it is taken out first, so that no file's name is read as a reason.
 */
export function reasonOf({ code, text }: Reply, path = ''): ProblemReason | undefined {
  if (code === 452 || code === 552) return 'full';
  const said = path === '' ? text : text.replaceAll(path, '');
  return words.find(([pattern]) => pattern.test(said))?.[1];
}

/** The problem that a refusal of one object is; `otherwise` where the server gives no reason. */
export function problemOf(reply: Reply, path: string, what: string, otherwise: ProblemReason): Error {
  if (reply.code === 421 || reply.code === 425 || reply.code === 426) return lost();
  return new ObjectProblem(reasonOf(reply, path) ?? otherwise, what);
}

export function lost(): TransientError {
  return new TransientError(
    'FTPサーバーとの接続が切れたか、応答がありません。移行済みの分は保持しています。続きから再開します。',
  );
}

export function busy(): TransientError {
  return new TransientError(
    'FTPサーバーが混雑しているか、同時接続数の上限に達しています。時間をおいて続きから再開します。',
  );
}

export function nonsense(): TransientError {
  return new TransientError(
    'FTPサーバーの応答を読み取れません。移行済みの分は保持しています。続きから再開します。',
  );
}
