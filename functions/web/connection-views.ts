import { stepInNeedOfAccess } from '../case/ask-access-again.ts';
import type { Case } from '../case/case.ts';
import {
  type CheckedServer,
  checkedServers,
  checkOf,
  confidedFor,
  hostOf,
} from '../case/connection-check.ts';
import { acceptKeyForm, accessAgainForm } from '../case/forms/connection-forms.ts';
import type { Person } from '../case/identity.ts';
import type { CasePageView } from '../pages/console/case-page.ts';
import type { ConnectionView } from '../pages/console/connections-card.ts';
import { consolePaths } from '../pages/console/shell.ts';
import type { AfterPost } from './console-case-page.ts';

/** By which a refused form finds its way back onto the page. */
export const acceptKeyId = (server: CheckedServer) => `accept-key-${server}`;
export const accessAgainId = 'access-again';

/** The servers that access was confided for; what one may do there is the engineer's. */
export function connectionViews(c: Case, person: Person, refused: AfterPost['refused']): ConnectionView[] {
  if (person.role === 'finance') return [];
  return (Object.keys(checkedServers) as CheckedServer[])
    .filter((server) => confidedFor(c, server))
    .map((server) => {
      const check = checkOf(c, server);
      const view: ConnectionView = { server, host: hostOf(c, server), ...(check && { check }) };
      if (person.role !== 'engineer') return view;
      const action = `${consolePaths.case(c.id)}/connections/${server}`;
      if (check?.outcome !== 'key-changed') return { ...view, action };
      const again = refused?.formId === acceptKeyId(server) ? refused : undefined;
      const acceptance = {
        form: acceptKeyForm(server),
        action: `${action}/key`,
        hidden: { key: check.shownKey ?? '' },
        ...(again && { typed: again.typed, problems: again.problems }),
      };
      return { ...view, action, acceptance };
    });
}

/** While a step is open that can send the customer's back. */
export function accessAgainView(
  c: Case,
  person: Person,
  refused: AfterPost['refused'],
): CasePageView['accessAgain'] {
  const task = stepInNeedOfAccess(c);
  if (!task || person.role === 'finance') return undefined;
  const again = refused?.formId === accessAgainId ? refused : undefined;
  return {
    form: accessAgainForm(),
    action: `${consolePaths.case(c.id)}/access-again`,
    hidden: { task: task.id },
    ...(again && { typed: again.typed, problems: again.problems }),
  };
}
