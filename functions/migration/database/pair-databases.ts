import {
  type DatabaseDump,
  type DatabaseOptions,
  type DatabaseServer,
  type DatabaseTunnel,
  databaseOptions,
  type SourceDatabaseAccess,
  type TargetDatabaseAccess,
} from '../../case/database-access.ts';
import { TerminalError } from '../../case/errors.ts';

/** One database of the source, and the one that receives it. */
export interface DatabaseMove {
  source: DatabaseServer | DatabaseDump;
  target: DatabaseServer;
  options: DatabaseOptions;
}

interface Ways {
  caseId: string;
  source: DatabaseTunnel | undefined;
  target: DatabaseTunnel | undefined;
}

/** Databases are given in the same order at both ends. Throws TerminalError where the numbers differ. */
export function pairDatabases(
  source: SourceDatabaseAccess,
  target: TargetDatabaseAccess,
  ways: Ways,
): DatabaseMove[] {
  const sources =
    source.way === 'dump' ? dumpsOf(source, target, ways.caseId) : serversOf(source, ways.source);
  const targets = serversOf({ ...target, engine: source.engine }, ways.target);
  if (sources.length !== targets.length) {
    throw new TerminalError(
      `移行元のデータベースは${sources.length}件、移行先は${targets.length}件です。何も変更していません。同じ順に同じ数を登録してください。`,
    );
  }
  // The columns are named without a database: in several, each repairs what it has of them.
  const options = databaseOptions.parse({ repairDoubleEncoding: target.repairDoubleEncoding });
  return sources.map((from, index) => ({ source: from, target: targets[index]!, options }));
}

/** The databases of one end, each as a server of its own. */
export function serversOf(
  end: Pick<TargetDatabaseAccess, 'host' | 'port' | 'tls' | 'databases'> & Pick<DatabaseServer, 'engine'>,
  tunnel: DatabaseTunnel | undefined,
): DatabaseServer[] {
  const { engine, host, port, tls } = end;
  return end.databases.map((logIn) => ({ engine, host, port, tls, ...logIn, ...(tunnel && { tunnel }) }));
}

function dumpsOf(
  { engine }: { engine: DatabaseDump['engine'] },
  target: TargetDatabaseAccess,
  caseId: string,
) {
  if (target.dumps.length === 0) {
    throw new TerminalError(
      'ダンプファイルの名前が登録されていません。何も変更していません。アップロードしたファイルの名前を登録してください。',
    );
  }
  return target.dumps.map(
    (name): DatabaseDump => ({
      engine,
      dump: `temporary/${caseId}/uploads/${name}`,
      compression: name.endsWith('.gz') ? 'gzip' : name.endsWith('.zip') ? 'zip' : 'none',
    }),
  );
}
