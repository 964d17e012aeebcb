import { changeOf } from '../php-changes.ts';
import type { Found, Rule } from '../rule.ts';

/** More are not written into one file by hand. */
const mostClasses = 200;

/** A method named after its class was its constructor until PHP 8.0, outside of namespaces. */
export const phpConstructors: Rule = function* ({ php }, { request }) {
  if (
    !php ||
    changeOf('syntax', 'constructor', { from: request.phpFrom, to: request.phpTo })?.change !== 'removed'
  )
    return;
  const { code } = php;
  if (/\bnamespace\s+[A-Za-z_\\]/.test(code)) return;
  let classes = 0;
  for (const match of code.matchAll(/(?<![\w$:>])class\s{1,50}([A-Za-z_]\w*)[^{};()]{0,500}\{/gi)) {
    classes += 1;
    if (classes > mostClasses) return;
    const body = match.index + match[0].length;
    const end = endOfBlock(code, body);
    const inside = code.slice(body, end);
    if (/\bfunction\s{1,20}&?\s{0,20}__construct\s{0,20}\(/i.test(inside)) continue;
    const method = new RegExp(`\\bfunction\\s{1,20}&?\\s{0,20}${match[1]}\\s{0,20}\\(`, 'i').exec(inside);
    if (method)
      yield { rule: 'php-constructor', at: body + method.index, about: `${match[1]}()` } satisfies Found;
  }
};

function endOfBlock(code: string, from: number): number {
  let depth = 1;
  for (let at = from; at < code.length; at += 1) {
    if (code[at] === '{') depth += 1;
    else if (code[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return code.length;
}

/** `"${name}"`, deprecated since 8.2: `{$name}` says the same. */
export const phpInterpolation: Rule = function* ({ text, php }, { request }) {
  if (!php || !changeOf('syntax', 'interpolation', { from: request.phpFrom, to: request.phpTo })) return;
  for (const { start, end, quote } of php.strings) {
    if (quote === "'" || quote === 'nowdoc') continue;
    for (const match of text.slice(start, end).matchAll(/(\\*)\$\{(?:([A-Za-z_]\w{0,100})\})?/g)) {
      if (match[1]!.length % 2 === 1) continue;
      const at = start + match.index + match[1]!.length;
      const name = match[2];
      yield {
        rule: 'php-interpolation',
        at,
        ...(name && { edits: [{ start: at, end: at + name.length + 3, text: `{$${name}}` }] }),
      };
    }
  }
};
