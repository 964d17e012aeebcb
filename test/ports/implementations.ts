import { onAws } from './on-aws.ts';
import { onLocal } from './on-local.ts';

/** Every test of a port runs on each of these. */
export const implementations = [onLocal, onAws] as const;
