import { describe, expect, it } from '@jest/globals';
import { planLink, textOfLink } from '../../functions/migration/web/links.ts';

const roots = [Buffer.from('/home/taro/www'), Buffer.from('/var/www')];
const plan = (path: string, target: string) => {
  const planned = planLink(Buffer.from(path), Buffer.from(target), roots);
  return 'copy' in planned ? [planned.copy.toString(), planned.how ?? 'as it is'] : 'left out';
};
const rewritten = '絶対パスのリンクを相対パスに変更';

describe('symbolic links', () => {
  it.each([
    ['a', 'b', ['b', 'as it is']],
    ['a', './b/../c', ['./b/../c', 'as it is']],
    ['d/e/a', '../../b', ['../../b', 'as it is']],
    ['d/a', '.', ['.', 'as it is']],
    ['loop', 'loop', ['loop', 'as it is']],
    ['a', '..', 'left out'],
    ['a', '../www/b', 'left out'],
    ['d/a', 'b/../../../b', 'left out'],
    ['a', '/etc/passwd', 'left out'],
    ['a', '/home/taro/www2/b', 'left out'],
    ['a', '/home/taro/www/../../x', 'left out'],
    ['a', '', 'left out'],
    ['a', 'x\ny', 'left out'],
    ['a', '/home/taro/www/b', ['b', rewritten]],
    ['d/e/a', '/var/www/d/f', ['../f', rewritten]],
    ['d/e/a', '/var/www/', ['../..', rewritten]],
    ['a', '/home/taro/www', ['.', rewritten]],
  ])('%s -> %s', (path, target, expected) => {
    expect(plan(path, target)).toEqual(expected);
  });

  it('finds the text again where a server answers with the place', () => {
    const text = (path: string, answered: string, size: number) =>
      textOfLink(Buffer.from(path), Buffer.from(answered), size, roots).toString();
    expect(text('d/a', '/home/taro/www/b', '../b'.length)).toBe('../b');
    expect(text('d/a', '/home/taro/www/b', '/home/taro/www/b'.length)).toBe('/home/taro/www/b');
    expect(text('d/a', '/home/taro/www/b', 9)).toBe('/home/taro/www/b');
    expect(text('d/a', 'b', 0)).toBe('b');
  });
});
