import { Buffer } from 'node:buffer';
import * as z from 'zod';
import { onLambda } from './aws/lambda.ts';
import { changeCase } from './case/change-case.ts';
import { openTask as open } from './case/open-task.ts';
import type { Ports } from './case/ports.ts';
import { taskVisit } from './case/step-input.ts';
import { taskKinds } from './case/tasks.ts';

const input = taskVisit.extend({
  dueAt: z.iso.datetime(),
  taskToken: z.string().min(1).max(2048),
  /** The step that an escalation is about. */
  about: z.enum(taskKinds).optional(),
});

/** Opens a human step: keeps the task token, makes the link, queues the mail. The workflow then waits. */
export async function openTask(event: unknown, ports: Ports) {
  const { caseId, task, generation, dueAt, taskToken, about } = input.parse(event);
  const linkSeed = Buffer.from(ports.random.bytes(32)).toString('hex');
  await changeCase(ports, caseId, { actor: 'system', by: 'open-task' }, (decision) =>
    open(
      decision,
      { kind: task, generation, dueAt, token: taskToken, linkSeed, ...(about && { facts: { about } }) },
      ports.linkKey,
      ports.settings,
    ),
  );
  return {};
}

export const handler = onLambda(openTask);
