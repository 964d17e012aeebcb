import { randomBytes } from 'node:crypto';
import type { Random } from '../../functions/case/ports.ts';

export const systemRandom: Random = { bytes: (count) => new Uint8Array(randomBytes(count)) };
