import type { DatabaseServer } from '../../case/database-access.ts';
import type { SurveyReport } from '../../case/survey.ts';
import { MysqlEnd } from './mysql/ends.ts';
import { explain as explainMysql } from './mysql/explain.ts';
import { surveyMysql } from './mysql/survey-mysql.ts';
import { PostgresqlEnd } from './postgresql/ends.ts';
import { explain as explainPostgresql } from './postgresql/explain.ts';
import { surveyPostgresql } from './postgresql/survey-postgresql.ts';
import { SurveyWriter } from './survey-writer.ts';

/** Of one database; `bytes` of its tables, by the server's estimate. */
export type SurveyedDatabase = Pick<SurveyReport, 'facts' | 'findings' | 'notSurveyed'> & { bytes: number };

interface Policy {
  allowedAddresses: readonly string[];
  /** Milliseconds: what has not begun by then is not surveyed, and the survey says so. */
  within?: number;
}

/**
 * Facts about a source database: version, size, rights, what cannot be of one moment, characters encoded twice. Reads
 * only, takes no lock. Throws TransientError, RetryAfterError or TerminalError.
 */
export async function surveyDatabase(server: DatabaseServer, policy: Policy): Promise<SurveyedDatabase> {
  const survey = new SurveyWriter();
  await (server.engine === 'mysql' ? ofMysql(server, policy, survey) : ofPostgresql(server, policy, survey));
  const { facts, findings, missing, bytes } = survey;
  return { facts, findings, notSurveyed: missing, bytes };
}

async function ofMysql(server: DatabaseServer, policy: Policy, survey: SurveyWriter): Promise<void> {
  const end = new MysqlEnd(server, '移行元', policy);
  try {
    const until = Date.now() + (policy.within ?? Number.POSITIVE_INFINITY);
    await surveyMysql(await end.connect(), server.database, survey, until);
  } catch (error) {
    throw explainMysql(error, '移行元', '調査');
  } finally {
    await end.close();
  }
}

async function ofPostgresql(server: DatabaseServer, policy: Policy, survey: SurveyWriter): Promise<void> {
  const end = new PostgresqlEnd(server, '移行元', policy);
  try {
    await surveyPostgresql(await end.connect(), survey);
  } catch (error) {
    throw explainPostgresql(error, '移行元', '調査');
  } finally {
    await end.close();
  }
}
