import type { DatabaseDump, DatabaseOptions, DatabaseServer } from '../../case/database-access.ts';
import type { TransferJob } from '../job.ts';

/** One run of a database transfer: one database of a server into one database of another of the same kind. */
export interface DatabaseJob extends TransferJob {
  source: DatabaseServer | DatabaseDump;
  target: DatabaseServer;
  options: DatabaseOptions;
  /** settings.allowedAddresses */
  allowedAddresses: readonly string[];
}

export function isDump(source: DatabaseServer | DatabaseDump): source is DatabaseDump {
  return 'dump' in source;
}
