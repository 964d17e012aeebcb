import type { Case } from '../../case/case.ts';
import type { DatabaseSurvey } from '../../case/database-survey.ts';
import { TerminalError, TransientError } from '../../case/errors.ts';
import type { Ports } from '../../case/ports.ts';
import { quantities } from '../../case/quantities.ts';
import { sourceServers } from './source-servers.ts';
import { surveyDatabase } from './survey-database.ts';

/** A page of the console has some 25 seconds: tables that would take longer are named as not surveyed. Milliseconds. */
const within = 15_000;

/**
 * Looks at the source's databases with what was confided: each with its name before its facts, and the sizes that the
 * quote needs. Reads only. What fails is in `message`, in words for the engineer.
 */
export async function surveyDatabases(ports: Ports, c: Case, by: string): Promise<DatabaseSurvey> {
  const survey: DatabaseSurvey = {
    at: ports.clock.now().toISOString(),
    by,
    facts: [],
    findings: [],
    notSurveyed: [],
  };
  const { allowedAddresses } = ports.settings;
  try {
    const servers = await sourceServers(ports, c);
    let bytes = 0;
    for (const server of servers) {
      const policy = { allowedAddresses, within: within / servers.length };
      const found = await surveyDatabase(server, policy);
      bytes += found.bytes;
      const named = <T extends { item: string }>(rows: readonly T[]): T[] =>
        rows.map((row) => ({ ...row, item: `${server.database}: ${row.item}` }));
      survey.facts.push(...named(found.facts));
      survey.findings.push(...named(found.findings));
      survey.notSurveyed.push(...named(found.notSurveyed));
    }
    const measured = { method: '接続して集計', evidence: servers.map(({ database }) => database).join('、') };
    survey.facts.push(
      { item: quantities.databaseCount.item, value: String(servers.length), ...measured, at: survey.at },
      { item: quantities.databaseGigabytes.item, value: gigabytes(bytes), ...measured, at: survey.at },
    );
    return survey;
  } catch (error) {
    if (error instanceof TerminalError || error instanceof TransientError)
      return { ...survey, message: error.message };
    throw error;
  }
}

/** Three decimals, and never nought where there is something. */
function gigabytes(bytes: number): string {
  return (Math.max(Math.ceil(bytes / 1e6), 1) / 1e3).toFixed(3);
}
