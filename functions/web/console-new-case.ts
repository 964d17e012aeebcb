import type { Hono } from 'hono';
import type { Case } from '../case/case.ts';
import { InvalidInputError, VersionConflictError } from '../case/errors.ts';
import { type Posted, parseForm } from '../case/form.ts';
import { newCaseForm } from '../case/forms/index.ts';
import type { Person } from '../case/identity.ts';
import { type NewCase, openCase } from '../case/open-case.ts';
import type { Ports } from '../case/ports.ts';
import { newReference } from '../case/reference.ts';
import { newCasePage } from '../pages/console/form-pages.ts';
import { consolePaths } from '../pages/console/shell.ts';
import { siteOf } from '../pages/site.ts';
import { type ConsoleEnvironment, only } from './console-access.ts';
import { postedForm } from './posted-form.ts';

export function newCaseRoutes(app: Hono<ConsoleEnvironment>, ports: Ports): void {
  const show = (person: Person, refused?: { typed: Posted; problems: Readonly<Record<string, string>> }) =>
    newCasePage({ site: siteOf(ports.settings), person, form: newCaseForm(ports.settings), ...refused });

  app.get(consolePaths.newCase, (context) => {
    only(context.get('person'), 'staff');
    return context.html(show(context.get('person')));
  });

  app.post(consolePaths.newCase, async (context) => {
    const person = context.get('person');
    only(person, 'staff');
    const typed = await postedForm(context.req.raw);
    try {
      const reference = await open(ports, person, parseForm(newCaseForm(ports.settings), typed));
      return context.redirect(consolePaths.case(reference), 303);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return context.html(show(person, { typed, problems: error.fields }), 422);
    }
  });
}

async function open(ports: Ports, person: Person, value: Record<string, unknown>): Promise<string> {
  const {
    company,
    person: contact,
    mail,
    contractNumber,
    serverKind,
    platformMigration,
    plans,
    startWith,
  } = value;
  const customer = {
    company,
    person: contact,
    mail,
    contractNumber,
    serverKind,
    platformMigration: Boolean(platformMigration),
  } as Case['customer'];
  const author = { at: ports.clock.now(), actor: 'staff', by: person.name } as const;
  for (let attempt = 1; ; attempt += 1) {
    const id = newReference(ports.random);
    const opening = { id, customer, plans, startWith } as NewCase;
    try {
      await ports.records.commit(openCase(opening, author));
      return id;
    } catch (error) {
      // The reference was taken: draw another.
      if (!(error instanceof VersionConflictError) || attempt === 5) throw error;
    }
  }
}
