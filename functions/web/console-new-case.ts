import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Hono } from 'hono';
import type { Case } from '../case/case.ts';
import { InvalidInputError, VersionConflictError } from '../case/errors.ts';
import { type Posted, parseForm } from '../case/form.ts';
import { newCaseForm } from '../case/forms/index.ts';
import type { Person } from '../case/identity.ts';
import { type NewCase, openCase } from '../case/open-case.ts';
import type { Ports, Random } from '../case/ports.ts';
import { newReference } from '../case/reference.ts';
import { newCasePage } from '../pages/console/form-pages.ts';
import { consolePaths } from '../pages/console/shell.ts';
import { siteOf } from '../pages/site.ts';
import { type ConsoleEnvironment, only } from './console-access.ts';
import { postedForm } from './posted-form.ts';

export function newCaseRoutes(app: Hono<ConsoleEnvironment>, ports: Ports): void {
  const show = (person: Person, refused?: { typed: Posted; problems: Readonly<Record<string, string>> }) => {
    const draw = refused?.typed.draw;
    return newCasePage({
      site: siteOf(ports.settings),
      person,
      form: newCaseForm(ports.settings),
      hidden: { draw: isDraw(draw) ? draw : Buffer.from(ports.random.bytes(16)).toString('hex') },
      ...refused,
    });
  };

  app.get(consolePaths.newCase, (context) => {
    only(context.get('person'), 'staff');
    return context.html(show(context.get('person')));
  });

  app.post(consolePaths.newCase, async (context) => {
    const person = context.get('person');
    only(person, 'staff');
    const typed = await postedForm(context.req.raw);
    try {
      const reference = await open(
        ports,
        person,
        parseForm(newCaseForm(ports.settings), typed),
        drawOf(typed),
      );
      return context.redirect(consolePaths.case(reference), 303);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return context.html(show(person, { typed, problems: error.fields }), 422);
    }
  });
}

/** What the page was given. Throws InvalidInputError: sent twice without it, a form would open two cases. */
function drawOf({ draw }: Posted): string {
  if (isDraw(draw)) return draw;
  throw new InvalidInputError('この画面の番号がありません。', {
    '': '案件は開始していません。同じ案件が二重に開始されるのを防ぐため、この画面からもう一度送信してください。',
  });
}

/** A case under a reference drawn from what the page was given: however often its form is sent, it opens one case. */
async function open(
  ports: Ports,
  person: Person,
  value: Record<string, unknown>,
  draw: string,
): Promise<string> {
  const { company, person: contact, mail, contractNumber, serverKind, plans, startWith } = value;
  const customer = {
    company,
    person: contact,
    mail,
    contractNumber,
    serverKind,
    platformMigration: Boolean(value.platformMigration),
  } as Case['customer'];
  const author = { at: ports.clock.now(), actor: 'staff', by: person.name } as const;
  const random = drawn(draw);
  for (let attempt = 1; ; attempt += 1) {
    const id = newReference(random);
    const opening = { id, customer, plans, startWith } as NewCase;
    try {
      await ports.records.commit(openCase(opening, author));
      return id;
    } catch (error) {
      if (!(error instanceof VersionConflictError) || attempt === 5) throw error;
      // Sent twice; or the reference was taken, and another is drawn.
      const taken = await ports.records.load(id);
      if (taken && isDeepStrictEqual(taken.customer, customer)) return id;
    }
  }
}

function isDraw(text: Posted[string] | undefined): text is string {
  return typeof text === 'string' && /^[0-9a-f]{32}$/.test(text);
}

/** The same bytes for the same draw. */
function drawn(draw: string): Random {
  let count = 0;
  return {
    bytes: (length) => {
      count += 1;
      return createHash('sha256').update(`${draw} ${count}`).digest().subarray(0, length);
    },
  };
}
