import { customerDraft } from './customer-letters.ts';
import { framed } from './frame.ts';
import { internalDraft } from './internal-letters.ts';
import type { Letter, LetterView } from './letter.ts';
import { toHtml } from './letter-html.ts';
import { oneLine, toText } from './letter-text.ts';

/**
 * The letter as subject, text and HTML. The subject carries the reference and is one line of at most 200 signs, whatever
 * was typed into the case; what people typed stands in the text as they typed it, and is escaped in the HTML.
 */
export function renderLetter(view: LetterView): Letter {
  const draft = view.to === 'customer' ? customerDraft(view) : internalDraft(view);
  const mark = view.settings.sample ? '［見本］' : '';
  const subject = oneLine(`${mark}【${oneLine(view.case.id, 40)}】${draft.subject}`, 200);
  const blocks = framed(view, draft.blocks);
  return { subject, text: toText(blocks), html: toHtml(subject, blocks, view.settings.issuer.name) };
}
