import type { ServerKind } from '../case/case.ts';
import type { Settings } from '../case/settings.ts';

/** What every page says about whose it is and where help is to be had. */
export interface Site {
  issuer: string;
  partner: { name: string; phone: string };
  /** The settings are the sample that ships: quotes then say 見本. */
  sample: boolean;
  /** R39: it differs by the kind of server. Both, where the server is not known. */
  support: readonly { title: string; chapter: string; phone: string; hours: string }[];
}

export function siteOf(settings: Settings, serverKind?: ServerKind): Site {
  const { managed, smile } = settings.support;
  return {
    issuer: settings.issuer.name,
    partner: settings.partner,
    sample: settings.sample,
    support: serverKind ? [settings.support[serverKind]] : [managed, smile],
  };
}
