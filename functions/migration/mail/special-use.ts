/**
 * Names under which mail programs keep what RFC 6154 calls special use: Outlook, Thunderbird, Apple Mail, Becky!, Windows
 * Live Mail, Roundcube, RainLoop, Active! mail, in English and Japanese.
 */
const names: Record<string, readonly string[]> = {
  '\\sent': [
    'sent',
    'sent items',
    'sent messages',
    'sent mail',
    'sent-mail',
    'outbox',
    '送信済み',
    '送信済みアイテム',
    '送信済みメール',
    '送信済みトレイ',
    '送信済みメッセージ',
    '送信済',
    '送信控え',
    '送信箱',
  ],
  '\\trash': [
    'trash',
    'deleted items',
    'deleted messages',
    'deleted',
    'ゴミ箱',
    'ごみ箱',
    '削除済みアイテム',
    '削除済みメッセージ',
    '削除済み',
  ],
  '\\drafts': ['drafts', 'draft', '下書き', '草稿', '下書きトレイ'],
  '\\junk': [
    'junk',
    'spam',
    'junk e-mail',
    'junk email',
    'junk mail',
    'bulk mail',
    '迷惑メール',
    '迷惑メールフォルダ',
    '迷惑メールフォルダー',
    'スパム',
  ],
  '\\archive': ['archive', 'archives', 'アーカイブ'],
};

const uses = new Map(Object.entries(names).flatMap(([use, all]) => all.map((name) => [name, use] as const)));

/** The special use of a folder: what the server says, else what its name says on the first level. */
export function specialUse(attributes: readonly string[], path: readonly string[]): string | undefined {
  const told = attributes.find((attribute) => attribute in names);
  if (told) return told;
  return path.length === 1 ? uses.get(path[0]!.normalize('NFKC').trim().toLowerCase()) : undefined;
}
