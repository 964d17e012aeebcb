import { randomBytes } from 'node:crypto';

/** Two strings of this run alone, by which every copy of what was confided can be found. */
export interface Planted {
  /** The password of both servers, as the customer and the engineer type it. */
  password: string;
  /** Stands in files of the customer's site. */
  content: string;
}

export function plantedStrings(): Planted {
  return {
    password: `kagi-${randomBytes(12).toString('hex')}`,
    content: `planted-${randomBytes(12).toString('hex')}`,
  };
}
