import { TerminalError } from '../../../case/errors.ts';
import type { Session } from '../postgresql/ends.ts';

/**
 * The one role that a dump's statements run under: whatever they try, it is nobody beyond this database. Throws
 * TerminalError when the role can do more.
 */
export async function checkRole(target: Session): Promise<void> {
  const { rows } = await target.query(
    `SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR EXISTS (
       SELECT FROM pg_catalog.pg_roles r WHERE r.oid <> own.oid AND r.rolname <> 'pg_database_owner' AND pg_catalog.pg_has_role(own.oid, r.oid, 'MEMBER')
     ) AS wide FROM pg_catalog.pg_roles own WHERE rolname = current_user`,
  );
  if (rows[0]?.wide === false) return;
  throw new TerminalError(
    'ダンプの取り込みに使う移行先のユーザーの権限が広すぎます(このデータベース以外の権限があります)。何も実行していません。' +
      'このデータベースだけの権限を持つユーザーを用意してください。',
  );
}
