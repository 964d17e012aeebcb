import type { Hono } from 'hono';
import type { Case } from '../case/case.ts';
import { changeCase } from '../case/change-case.ts';
import { maySurveyDatabases, recordDatabaseSurvey } from '../case/database-survey.ts';
import type { Person } from '../case/identity.ts';
import type { Ports } from '../case/ports.ts';
import { surveyDatabases } from '../migration/database/survey-databases.ts';
import type { DatabaseSurveyView } from '../pages/console/database-survey-card.ts';
import { consolePaths } from '../pages/console/shell.ts';
import { afterStep, type ConsoleEnvironment, only } from './console-access.ts';
import { RefusedRequest } from './posted-form.ts';

/** The engineer has the source's databases looked at (R30); what was read stands in the case. */
export function databaseSurveyRoutes(app: Hono<ConsoleEnvironment>, ports: Ports): void {
  app.post('/console/cases/:id/database-survey', async (context) => {
    const person = context.get('person');
    only(person, 'engineer');
    const c = await ports.records.load(context.req.param('id'));
    if (!c || !maySurveyDatabases(c)) throw new RefusedRequest(404);
    const survey = await surveyDatabases(ports, c, person.name);
    const author = { actor: 'engineer', by: person.name } as const;
    await changeCase(ports, c.id, author, (decision) => recordDatabaseSurvey(decision, survey));
    return context.redirect(afterStep(c.id, 'checked'), 303);
  });
}

export function databaseSurveyView(c: Case, person: Person): DatabaseSurveyView | undefined {
  const may = person.role === 'engineer' && maySurveyDatabases(c);
  if (person.role === 'finance' || (!may && !c.databaseSurvey)) return undefined;
  return {
    ...(c.databaseSurvey && { survey: c.databaseSurvey }),
    ...(may && { action: `${consolePaths.case(c.id)}/database-survey` }),
  };
}
