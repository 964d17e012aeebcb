import type { Clock } from '../../functions/case/ports.ts';

export const systemClock: Clock = { now: () => new Date() };
