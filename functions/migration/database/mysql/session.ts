import type { Connection } from 'mysql2';
import { attempt, execute } from './query.ts';

/**
 * Statements that some version lacks are tried and may fail; the reason for each is beside it.
 * Sources: MySQL 5.0 to 8.4 reference manual and MariaDB knowledge base, "Server System Variables".
 */
const always = [
  // Names and literals in SHOW CREATE are then quoted in one way only.
  "SET SESSION sql_mode = ''",
  'SET SESSION sql_quote_show_create = 1',
  // TIMESTAMP is stored in UTC: read and written so, no change of clocks is ever met.
  "SET SESSION time_zone = '+00:00'",
];

const whereKnown = [
  // MariaDB 10.1, MySQL 5.7: limits that hosting companies set would cut a long read.
  'SET SESSION max_statement_time = 0',
  'SET SESSION max_execution_time = 0',
  // MySQL 8.0.30: keys made by the server itself must be seen.
  'SET SESSION show_gipk_in_create_table_and_information_schema = ON',
  // MySQL 8.0: estimates of today, not of yesterday.
  'SET SESSION information_schema_stats_expiry = 0',
  'SET SESSION group_concat_max_len = 1048576',
];

/** A source is read and nothing else: the server itself refuses writes (MySQL 5.6.5, MariaDB 10.0). */
export async function beginSource(connection: Connection): Promise<void> {
  await namesUtf8(connection);
  for (const statement of always) await execute(connection, statement);
  for (const statement of whereKnown) await attempt(connection, statement);
  // A reader that waits for the target to take rows must not be thrown out.
  for (const name of ['net_write_timeout', 'net_read_timeout', 'wait_timeout'])
    await attempt(connection, `SET SESSION ${name} = 3600`);
  await execute(connection, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await attempt(connection, 'SET SESSION TRANSACTION READ ONLY');
}

/** Values arrive as they are: 0 stays 0, zero dates stay, keys are not checked until all rows are there. */
export async function beginTarget(connection: Connection): Promise<void> {
  await namesUtf8(connection);
  for (const statement of always) await execute(connection, statement);
  for (const statement of whereKnown) await attempt(connection, statement);
  await execute(connection, `SET SESSION sql_mode = '${loadingMode}'`);
  await execute(connection, 'SET SESSION foreign_key_checks = 0');
  // Rows that a check of the source's has not stopped (MariaDB 10.2, MySQL 8's NOT ENFORCED) arrive as they are.
  await attempt(connection, 'SET SESSION check_constraint_checks = OFF');
  // MySQL 8 may demand a primary key of every table; the source has what it has.
  await attempt(connection, 'SET SESSION sql_require_primary_key = OFF');
  await attempt(connection, 'SET SESSION innodb_strict_mode = OFF');
  // Without it a MariaDB gives the first TIMESTAMP of a table a default that MySQL 8 did not have.
  await attempt(connection, 'SET SESSION explicit_defaults_for_timestamp = ON');
  // The lock of a worker that died is gone after this long.
  await attempt(connection, 'SET SESSION wait_timeout = 300');
  await attempt(connection, 'SET SESSION net_read_timeout = 300');
  await attempt(connection, 'SET SESSION net_write_timeout = 300');
  await attempt(connection, 'SET SESSION innodb_lock_wait_timeout = 120');
  await attempt(connection, 'SET SESSION lock_wait_timeout = 120');
  await attempt(connection, 'SET SESSION max_error_count = 1024');
}

export const loadingMode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';

/** Servers before 5.5.3 have no utf8mb4. */
async function namesUtf8(connection: Connection): Promise<void> {
  if (!(await attempt(connection, 'SET NAMES utf8mb4'))) await execute(connection, 'SET NAMES utf8');
}

/** Bytes of rows as they are stored: the server converts nothing on their way. */
export function rawResults(connection: Connection): Promise<unknown> {
  return execute(connection, 'SET SESSION character_set_results = NULL');
}
