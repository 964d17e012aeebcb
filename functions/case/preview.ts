import type { Case } from './case.ts';

/** How a customer sees the new server's web site before the names lead there. */
export interface Preview {
  /** Where it answers meanwhile. */
  url?: string;
  /** For the computer's own table of names. */
  address?: string;
  /** Names of the site, in ASCII, `www` included. */
  names: string[];
}

/** A line of a hosts file holds no more for some systems. */
const mostNames = 8;

/** Undefined where no web site moves. */
export function previewOf({ plans, forms }: Pick<Case, 'plans' | 'forms'>): Preview | undefined {
  if (!plans.includes('web')) return undefined;
  const { previewUrl, previewAddress } = forms['migration-details']?.value ?? {};
  const { domains } = forms['hearing-sheet']?.value ?? {};
  const heard = (Array.isArray(domains) ? domains : []).map(String).map(inAscii).filter(Boolean);
  const names = heard.flatMap((name) => (name.startsWith('www.') ? [name] : [name, `www.${name}`]));
  return {
    ...(previewUrl !== undefined && { url: String(previewUrl) }),
    ...(previewAddress !== undefined && { address: String(previewAddress) }),
    names: [...new Set(names)].slice(0, mostNames),
  };
}

function inAscii(name: string): string {
  return URL.canParse(`http://${name}/`) ? new URL(`http://${name}/`).hostname : '';
}
