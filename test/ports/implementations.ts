import { onLocal } from './on-local.ts';

/** Every test of a port runs on each of these. */
export const implementations = [onLocal] as const;
