import { expect, test } from '@jest/globals';
import { previewGuide } from '../../functions/pages/preview-guide.ts';
import { textOf } from './read-markup.ts';

const contact = '株式会社北斗（03-0000-0000）';
const names = ['takasaki.example.jp', 'www.takasaki.example.jp'];
const shown = (preview: Parameters<typeof previewGuide>[0]) => `${previewGuide(preview, contact)}`;

test('with an address there is the very line to copy, and the steps for both kinds of computer', () => {
  const text = textOf(shown({ address: '192.0.2.1', names }));
  expect(text).toContain('192.0.2.1 takasaki.example.jp www.takasaki.example.jp');
  for (const step of ['管理者として実行', 'sudo nano /private/etc/hosts', '必ず消してください'])
    expect(text).toContain(step);
  expect(text).not.toContain(contact);
});

test('with a provisional URL there is the link', () => {
  const page = shown({ url: 'https://ms1.example.jp/', names });
  expect(page).toContain('href="https://ms1.example.jp/"');
  expect(page).not.toContain('hosts');
  expect(textOf(page)).not.toContain(contact);
});

test('without either, or without a name of the site, whom to ask', () => {
  for (const preview of [{ names }, { address: '192.0.2.1', names: [] }])
    expect(textOf(shown(preview))).toContain(`${contact}までご連絡ください`);
});
