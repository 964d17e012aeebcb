import type { Engine } from './engine.ts';
import type { FrameRow, WriteName } from './rows.ts';
import { earliest } from './task-state.ts';

/** The frame that waits for this token now. At the very millisecond of its timeout it waits no more. */
const findWaiting = (engine: Engine, token: string): FrameRow | undefined => {
  const { store } = engine;
  const now = engine.now();
  const frame = store.get<FrameRow>('SELECT * FROM workflow_frame WHERE token = ?', token);
  if (!frame || (frame.wakeAt !== null && frame.wakeAt <= now)) return undefined;
  return store.execution(frame.execution).timeoutAt <= now ? undefined : frame;
};

/** Writes the answer down, once: the token is void then. Returns false when nobody waits for it. */
export const answerToken = (
  engine: Engine,
  name: WriteName,
  token: string,
  phase: 'result' | 'error',
  result: string,
  error?: string,
): boolean => {
  const frame = findWaiting(engine, token);
  if (!frame) return false;
  engine.store.write(name, () => {
    engine.store.saveFrame({ ...frame, phase, result, token: null, wakeAt: null });
    engine.store.journal(name, engine.now(), frame.execution, frame, error);
    engine.wake(frame.id);
  });
  return true;
};

/** Puts the heartbeat's deadline off, never beyond that of TimeoutSeconds. */
export const heartbeatToken = (engine: Engine, token: string): boolean => {
  const frame = findWaiting(engine, token);
  if (!frame) return false;
  if (frame.heartbeat === null) return true;
  const wakeAt = earliest(frame.timeoutAt, engine.now() + frame.heartbeat);
  engine.store.run('UPDATE workflow_frame SET wakeAt = ? WHERE id = ?', wakeAt, frame.id);
  return true;
};
