import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2';
import type { DatabaseServer } from '../../../case/database-access.ts';
import { type Route, type RoutePolicy, routeTo } from '../dial.ts';
import type { ServerIdentity } from '../pin-server.ts';
import { certificateOf, connectMysql } from './connect.ts';
import { type End, explain } from './explain.ts';
import { beginSource, beginTarget, rawResults } from './session.ts';

/** One end of a move: opens sessions that are ready for their work, and closes all of them. */
export class MysqlEnd {
  readonly server: DatabaseServer;
  readonly #end: End;
  readonly #policy: RoutePolicy;
  readonly #open = new Set<Connection>();
  #route: Promise<Route> | undefined;

  constructor(server: DatabaseServer, end: End, policy: RoutePolicy) {
    this.server = server;
    this.#end = end;
    this.#policy = policy;
  }

  /** `raw`: rows come as the bytes that are stored. */
  async connect({ raw = false } = {}): Promise<Connection> {
    this.#route ??= routeTo(this.server, this.#policy);
    const connection = await connectMysql(this.server, await this.#route, this.#end);
    this.#open.add(connection);
    try {
      await (this.#end === '移行元' ? beginSource(connection) : beginTarget(connection));
      if (raw) await rawResults(connection);
      return connection;
    } catch (error) {
      this.discard(connection);
      throw explain(error, this.#end, '接続の準備');
    }
  }

  /** Logs in: by what the server is known again. */
  async identify(): Promise<ServerIdentity> {
    const certificate = certificateOf(await this.connect());
    const { hostKey } = (await this.#route)!;
    return { ...(certificate !== undefined && { certificate }), ...(hostKey !== undefined && { hostKey }) };
  }

  discard(connection: Connection): void {
    this.#open.delete(connection);
    connection.destroy();
  }

  async close(): Promise<void> {
    for (const connection of this.#open) connection.destroy();
    this.#open.clear();
    (await this.#route?.catch(() => undefined))?.close();
  }
}

/** Of a definition, without the counter that every new row moves. */
export function definitionHash(create: string): string {
  return createHash('sha256')
    .update(create.replace(/ AUTO_INCREMENT=\d+/, ''))
    .digest('hex');
}
