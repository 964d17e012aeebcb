export interface Tag {
  name: string;
  attributes: Map<string, string>;
}

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/**
 * The tags of a page as a browser would find them, so that a value that breaks out of its place shows up as a tag or an
 * attribute. Throws on anything that our pages never write: a stray `<`, an unquoted attribute, a raw `<` in a value.
 */
export function readMarkup(markup: string): Tag[] {
  const tags: Tag[] = [];
  let at = 0;
  while (at < markup.length) {
    const open = markup.indexOf('<', at);
    if (open < 0) break;
    const found =
      /^<(\/?[a-zA-Z][a-zA-Z0-9-]*|!doctype html)((?:\s+[^\s"'<>=/]+(?:="[^"<]*")?)*)\s*\/?>/.exec(
        markup.slice(open),
      );
    if (!found) throw new Error(`no tag of ours: ${markup.slice(open, open + 80)}`);
    const [whole, name = '', rest = ''] = found;
    const attributes = new Map<string, string>();
    for (const [, key = '', value = ''] of rest.matchAll(/\s+([^\s"'<>=/]+)(?:="([^"<]*)")?/g)) {
      attributes.set(
        key,
        value.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity),
      );
    }
    tags.push({ name: name.toLowerCase(), attributes });
    at = open + whole.length;
    if (name === 'style') at = markup.indexOf('</style>', at);
  }
  return tags;
}

/** The text that a person reads, without tags. */
export function textOf(markup: string): string {
  return markup
    .replace(/<style>.*?<\/style>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/g, ' ');
}
