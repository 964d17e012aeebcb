import type { DatabaseServer } from '../../case/database-access.ts';
import type { SurveyReport } from '../../case/survey.ts';
import { MysqlEnd } from './mysql/ends.ts';
import { explain } from './mysql/explain.ts';
import { surveyMysql } from './mysql/survey-mysql.ts';
import { SurveyWriter } from './survey-writer.ts';

export type DatabaseSurvey = Pick<SurveyReport, 'facts' | 'findings' | 'notSurveyed'>;

/**
 * Facts about a source database: version, size, rights, what cannot be of one moment, characters encoded twice. Reads
 * only, takes no lock. Throws TransientError or TerminalError.
 */
export async function surveyDatabase(
  server: DatabaseServer,
  policy: { allowedAddresses: readonly string[] },
): Promise<DatabaseSurvey> {
  const survey = new SurveyWriter();
  const end = new MysqlEnd(server, '移行元', policy);
  try {
    await surveyMysql(await end.connect(), server.database, survey);
  } catch (error) {
    throw explain(error, '移行元', '調査');
  } finally {
    await end.close();
  }
  return { facts: survey.facts, findings: survey.findings, notSurveyed: survey.missing };
}
