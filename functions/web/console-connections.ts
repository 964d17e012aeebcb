import type { Context, Hono } from 'hono';
import { askAccessAgain, stepInNeedOfAccess } from '../case/ask-access-again.ts';
import type { Case } from '../case/case.ts';
import { changeCase } from '../case/change-case.ts';
import {
  acceptKey,
  type CheckedServer,
  checkedServers,
  confidedFor,
  isTreeServer,
  pinOf,
  recordCheck,
} from '../case/connection-check.ts';
import { IllegalStepError, InvalidInputError } from '../case/errors.ts';
import { parseForm } from '../case/form.ts';
import { acceptKeyForm, accessAgainForm } from '../case/forms/connection-forms.ts';
import type { Person } from '../case/identity.ts';
import type { Ports } from '../case/ports.ts';
import { checkConnection } from '../migration/check-connection.ts';
import type { OpenTree } from '../migration/web/open-pinned.ts';
import { allowLegacyAlgorithms } from '../migration/web/tree-contact.ts';
import { acceptKeyId, accessAgainId } from './connection-views.ts';
import { afterStep, type ConsoleEnvironment, only } from './console-access.ts';
import { consoleCasePage } from './console-case-page.ts';
import { postedForm, RefusedRequest } from './posted-form.ts';

/**
 * The engineer sees whom the confided access leads to before anything moves; a changed key is taken by them alone, with
 * the reason in the history. Everything by POST.
 */
export function connectionRoutes(app: Hono<ConsoleEnvironment>, ports: Ports, open: OpenTree): void {
  const load = async (reference: string): Promise<Case> => {
    const c = await ports.records.load(reference);
    if (!c) throw new RefusedRequest(404);
    return c;
  };
  const loadServer = async (
    context: Context<ConsoleEnvironment>,
  ): Promise<{ c: Case; server: CheckedServer }> => {
    only(context.get('person'), 'engineer');
    const c = await load(context.req.param('id') ?? '');
    const server = context.req.param('server') ?? '';
    if (!isServer(server) || !confidedFor(c, server)) throw new RefusedRequest(404);
    return { c, server };
  };
  const show = async (context: Context<ConsoleEnvironment>, c: Case, refused: Refused) =>
    context.html(await consoleCasePage(ports, c, context.get('person'), { refused }), 422);

  app.post('/console/cases/:id/connections/:server', async (context) => {
    const { c, server } = await loadServer(context);
    const person = context.get('person');
    const posted = await postedForm(context.req.raw);
    // Only what the page has asked is an answer: a box that was not on it is not an unticked one.
    if (posted.asked === 'legacyAlgorithms' && isTreeServer(server))
      await allowLegacyAlgorithms(ports, c, server, posted.legacyAlgorithms === 'yes');
    const check = await checkConnection(ports, c, server, open, person.name);
    const { case: after } = await changeCase(ports, c.id, author(person), (decision) =>
      recordCheck(decision, server, check),
    );
    // Erased in the meantime (R24): nobody would erase again what was put back.
    if (!confidedFor(after, server)) await ports.vault.erase(c.id);
    return context.redirect(afterStep(c.id, 'checked'), 303);
  });

  app.post('/console/cases/:id/connections/:server/key', async (context) => {
    const { c, server } = await loadServer(context);
    const person = context.get('person');
    const typed = await postedForm(context.req.raw);
    const key = String(typed.key ?? '');
    try {
      const value = parseForm(acceptKeyForm(server), typed);
      await changeCase(ports, c.id, author(person), (decision) =>
        acceptKey(decision, server, key, String(value[`${server}-reason`])),
      );
      await ports.vault.put(c.id, pinOf(c, server), key);
      return context.redirect(afterStep(c.id, 'key-accepted'), 303);
    } catch (error) {
      if (error instanceof IllegalStepError) return context.redirect(afterStep(c.id, 'gone'), 303);
      if (!(error instanceof InvalidInputError)) throw error;
      return show(context, c, { formId: acceptKeyId(server), typed, problems: error.fields });
    }
  });

  app.post('/console/cases/:id/access-again', async (context) => {
    const person = context.get('person');
    only(person, 'engineer', 'staff');
    const c = await load(context.req.param('id'));
    const typed = await postedForm(context.req.raw);
    const task = String(typed.task ?? stepInNeedOfAccess(c)?.id ?? '');
    try {
      const { accessRemarks } = parseForm(accessAgainForm(), typed);
      const { result } = await changeCase(ports, c.id, author(person), (decision) =>
        askAccessAgain(decision, task, String(accessRemarks)),
      );
      return context.redirect(afterStep(c.id, result === 'done' ? 'asked-again' : result), 303);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return show(context, c, { formId: accessAgainId, typed, problems: error.fields });
    }
  });
}

type Refused = NonNullable<Parameters<typeof consoleCasePage>[3]['refused']>;

function isServer(text: string): text is CheckedServer {
  return Object.hasOwn(checkedServers, text);
}

function author({ role, name }: Person) {
  return { actor: role, by: name };
}
