import * as z from 'zod';
import { plans } from './case.ts';
import { taskKinds } from './tasks.ts';

/** What the state machines hand to their functions: case ids and small facts, checked all the same. */
export const caseInput = z.object({ caseId: z.string().min(1).max(64) });

export const taskInput = caseInput.extend({ task: z.enum(taskKinds) });

export const taskVisit = taskInput.extend({ generation: z.int().min(1) });

export const jobInput = caseInput.extend({ plan: z.enum(plans), run: z.int().min(1) });
