import type { Block } from './letter.ts';

/** One line, whatever was typed: no control sign and no line separator can open a second header (threats.md, row 5). */
export function oneLine(text: string, longest: number): string {
  const flat = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  const signs = [...flat];
  return signs.length <= longest ? flat : `${signs.slice(0, longest - 1).join('')}…`;
}

/** Line breaks and tabs stay; other control signs (terminal escapes among them) go. */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '');
}

/** Plain text for any mail program. A link stands on a line of its own, so that nothing sticks to it. */
export function toText(blocks: readonly Block[]): string {
  return `${blocks.map(blockText).join('\n\n')}\n`;
}

const rule = '─'.repeat(20);

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return plain(block.text);
    case 'facts':
      return block.rows.map(({ label, value }) => `${oneLine(label, 200)}: ${indented(value)}`).join('\n');
    case 'list':
      return [
        ...(block.title ? [`■ ${oneLine(block.title, 200)}`] : []),
        ...block.items.map((item) => `・${indented(item)}`),
      ].join('\n');
    case 'quoted':
      return `■ ${oneLine(block.title, 200)}\n${rule}\n${plain(block.text)}\n${rule}`;
    case 'link':
      return `▼ ${oneLine(block.label, 200)}\n${oneLine(block.href, 2000)}`;
  }
}

function indented(text: string): string {
  return plain(text).replaceAll('\n', '\n  ');
}
