import type { Hono } from 'hono';
import type { Case } from '../case/case.ts';
import { customerName } from '../case/customer-name.ts';
import { InvalidInputError } from '../case/errors.ts';
import type { Person } from '../case/identity.ts';
import type { Ports } from '../case/ports.ts';
import { receiveSurvey } from '../case/receive-survey.ts';
import { surveyTemplate } from '../case/survey.ts';
import { largestSurveyBytes } from '../case/survey-encoding.ts';
import { surveyUploadPage } from '../pages/console/form-pages.ts';
import { consolePaths } from '../pages/console/shell.ts';
import type { Problems } from '../pages/fields.ts';
import { siteOf } from '../pages/site.ts';
import { afterStep, type ConsoleEnvironment, only } from './console-access.ts';
import { postedFile, RefusedRequest } from './posted-form.ts';

const field = 'report';

export const surveyPath = (reference: string) => `${consolePaths.case(reference)}/survey`;

/** The engineer's report on a page: the same step that a file in S3 completes. */
export function surveyRoutes(app: Hono<ConsoleEnvironment>, ports: Ports): void {
  const awaited = async (reference: string): Promise<Case> => {
    const c = await ports.records.load(reference);
    if (!c?.tasks.some(({ kind, status }) => kind === 'survey' && status === 'open'))
      throw new RefusedRequest(404);
    return c;
  };
  const show = (c: Case, person: Person, problems?: Problems) =>
    surveyUploadPage({
      site: siteOf(ports.settings),
      person,
      reference: c.id,
      company: customerName(c.customer),
      templateHref: `${surveyPath(c.id)}/template.csv`,
      action: surveyPath(c.id),
      fieldName: field,
      accept: '.csv,text/csv',
      ...(problems && { problems }),
    });

  app.get('/console/cases/:id/survey', async (context) => {
    const person = context.get('person');
    only(person, 'engineer');
    return context.html(show(await awaited(context.req.param('id')), person));
  });

  app.get('/console/cases/:id/survey/template.csv', async (context) => {
    only(context.get('person'), 'engineer');
    const c = await awaited(context.req.param('id'));
    return context.body(surveyTemplate(c), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${c.id}-survey.csv"`,
    });
  });

  app.post('/console/cases/:id/survey', async (context) => {
    const person = context.get('person');
    only(person, 'engineer');
    // Not only while it is awaited: whoever sends it too late, or second, hears so.
    const c = await ports.records.load(context.req.param('id'));
    if (!c?.tasks.some(({ kind }) => kind === 'survey')) throw new RefusedRequest(404);
    const bytes = await postedFile(context.req.raw, field, largestSurveyBytes);
    try {
      const status = await receiveSurvey(ports, c.id, bytes, { by: person.name, tell: false });
      return context.redirect(afterStep(c.id, status), 303);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return context.html(show(c, person, error.fields), 422);
    }
  });
}
