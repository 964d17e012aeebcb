import type { FixRule } from '../../../../case/web-fixes/rules.ts';
import type { Edit, Found, Rule } from '../rule.ts';
import { endOfLine, type SourceFile } from '../source-file.ts';

interface Directive {
  name: string;
  value: string;
  start: number;
  end: number;
}

/** Directives that the target does not let `.htaccess` use: one is enough for an error 500 on every page below. */
export const htaccess: Rule = function* (file, { target }) {
  if (file.type !== 'htaccess') return;
  const accepted = new Set(target.htaccess.map((name) => name.toLowerCase()));
  const directives = directivesOf(file);
  const within: string[] = [];
  for (const [index, directive] of directives.entries()) {
    const name = directive.name.toLowerCase();
    if (/^<if(?:module|version)$/.test(name)) within.push(directive.value);
    else if (/^<\/if(?:module|version)$/.test(name)) within.pop();
    else if (within.some((condition) => olderApache.test(condition))) continue;
    if (accepted.has(name.replace(/^<\/?/, '')) && !isPhpType(name, directive.value)) continue;
    if (name.startsWith('</')) continue;
    if (/^php_(?:admin_)?(?:value|flag)$/.test(name)) yield disabled('htaccess-php', file, directive);
    else if (name === 'options') yield disabled('htaccess-options', file, directive);
    else if (/^(?:addhandler|sethandler|action|addtype|removehandler)$/.test(name))
      yield disabled('htaccess-handler', file, directive);
    else if (/^(?:order|allow|deny|satisfy)$/.test(name)) yield access(directives, index);
    else yield { rule: 'htaccess-other', at: directive.start, about: directive.name.slice(0, 60) };
  }
};

/** Conditions that no Apache since 2.4 fulfils: `!mod_authz_core.c`, `< 2.4`. */
const olderApache =
  /^"?!\s*(?:mod_authz_core\.c|authz_core_module)"?$|^<=?\s*2\.[0-3](?:\.\d+)?$|^<\s*2\.4(?:\.0)?$/i;

function isPhpType(name: string, value: string): boolean {
  return name === 'addtype' && /x-httpd-(?:php|suphp)/i.test(value);
}

function disabled(rule: FixRule, { text }: SourceFile, { name, start, end }: Directive): Found {
  // A line that goes on on the next one is left to a person.
  const whole = text[end - 1] !== '\\';
  return {
    rule,
    at: start,
    about: name,
    ...(whole && { edits: [{ start, end: start, text: '# ' }] }),
  };
}

/**
 * `Order …` and one `Allow from all` or `Deny from all` next to it: the second says what is meant, whatever the order.
 * Anything finer needs a person.
 */
function access(directives: readonly Directive[], index: number): Found {
  const directive = directives[index]!;
  const finding: Found = { rule: 'htaccess-access', at: directive.start, about: directive.name };
  const name = directive.name.toLowerCase();
  if (name === 'satisfy') return finding;
  const first = name === 'order' ? index : index - 1;
  const [before, order, rule, after] = [first - 1, first, first + 1, first + 2].map((at) => directives[at]);
  const plain =
    order?.name.toLowerCase() === 'order' &&
    /^(?:allow,\s*deny|deny,\s*allow)$/i.test(order.value) &&
    /^(?:allow|deny)$/i.test(rule?.name ?? '') &&
    /^from\s+all$/i.test(rule?.value ?? '') &&
    ![before, after].some((one) => one && /^(?:allow|deny|order|satisfy|require)$/i.test(one.name));
  if (!plain || !rule) return finding;
  const granted = rule.name.toLowerCase() === 'allow' ? 'granted' : 'denied';
  const edit: Edit =
    directive === order
      ? { start: order.start, end: order.end, text: `Require all ${granted}` }
      : { start: rule.start, end: rule.start, text: '# ' };
  return { ...finding, edits: [edit] };
}

/** One a line; comments, empty lines and the rest of a line that goes on are none. */
function directivesOf(file: SourceFile): Directive[] {
  const found: Directive[] = [];
  let goesOn = false;
  for (const [line, from] of file.lines.entries()) {
    const to = endOfLine(file, line);
    const content = file.text.slice(from, to);
    const match = /^(\s*)(<?\/?[A-Za-z_]\w*)(.*)$/s.exec(content.slice(0, 2_000));
    if (match && !goesOn) {
      const start = from + match[1]!.length;
      found.push({ name: match[2]!, value: match[3]!.trim().replace(/>$/, ''), start, end: to });
    }
    goesOn = content.endsWith('\\');
  }
  return found;
}
