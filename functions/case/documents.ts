import { sha256 } from './canonical-json.ts';
import type { DocumentShown, ServerKind } from './case.ts';
import type { Flow } from './ports.ts';
import type { DocumentRevision, Settings } from './settings.ts';

const ids = ['service-spec', 'option-spec', 'terms', 'price-list'] as const;

export type ShownDocument = DocumentRevision & { sha256: string };

/**
 * The four documents that a customer reviews before each flow (R25), in the order of the specification: the service
 * specification of their server, the option's, the terms, the price list. Throws when the settings lack one.
 */
export function documentsFor(serverKind: ServerKind, settings: Settings): ShownDocument[] {
  return ids.map((id) => {
    const own = settings.documents.find(
      (document) => document.id === id && document.serverKind === serverKind,
    );
    const found = own ?? settings.documents.find((document) => document.id === id && !document.serverKind);
    if (!found) throw new Error(`settings ${settings.version}: no document ${id} for ${serverKind}`);
    return { ...found, sha256: documentHash(found) };
  });
}

/** What the case keeps of a showing (R40). */
export function recordShown(
  flow: Flow,
  serverKind: ServerKind,
  settings: Settings,
  shownAt: Date,
): DocumentShown[] {
  return documentsFor(serverKind, settings).map(({ id, title, revision, sha256 }) => {
    return { flow, id, title, revision, sha256, shownAt: shownAt.toISOString() };
  });
}

/** SHA-256 (hex) over the paragraphs joined by a line feed, in UTF-8. */
export function documentHash(document: Pick<DocumentRevision, 'body'>): string {
  return sha256(document.body.join('\n'));
}
