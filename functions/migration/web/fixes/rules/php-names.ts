import type { Call } from '../php-calls.ts';
import { changeOf, type PhpVersions } from '../php-changes.ts';
import type { Found, Rule } from '../rule.ts';

/** Functions, variables and settings that PHP has given up between the two versions; mail() with a sender of its own. */
export const phpNames: Rule = function* ({ text, php }, { request }) {
  if (!php) return;
  const versions = { from: request.phpFrom, to: request.phpTo };
  const calls = php.calls.filter(({ method }) => !method);
  // The file declares it itself, or asks first whether it is there.
  const known = new Set(
    [
      ...php.code.matchAll(/\bfunction\s{1,20}&?\s{0,20}(\w+)/gi),
      ...text.matchAll(/\bfunction_exists\s{0,20}\(\s{0,20}['"](\w+)['"]/gi),
    ].map((match) => match[1]!.toLowerCase()),
  );
  for (const call of calls) {
    if (known.has(call.name.toLowerCase())) continue;
    yield* named('function', call.name, call.at, versions, `${call.name}()`);
    if (/^ini_(?:set|alter)$/i.test(call.name)) yield* setting(call, text, versions);
  }
  for (const { 0: sign, 1: name, index } of php.code.matchAll(/\$([A-Za-z_]\w*)/g)) {
    yield* named('variable', name!, index, versions, sign);
  }
};

function* named(
  kind: 'function' | 'variable',
  name: string,
  at: number,
  versions: PhpVersions,
  shown: string,
): Generator<Found> {
  const found = changeOf(kind, name, versions);
  if (!found) return;
  const { change, since, instead } = found;
  const rule = change === 'removed' ? 'php-removed' : 'php-deprecated';
  const state = change === 'removed' ? '廃止' : '非推奨';
  yield { rule, at, about: `${shown}：PHP ${since} で${state}${instead && `。代わりに ${instead}`}` };
}

function* setting(call: Call, text: string, versions: PhpVersions): Generator<Found> {
  const name = /^\s*['"]([\w.]{1,60})['"]/.exec(text.slice(call.argumentsAt, call.argumentsAt + 80))?.[1];
  const found = name === undefined ? undefined : changeOf('setting', name, versions);
  if (found) yield { rule: 'php-setting', at: call.at, about: `${name}：PHP ${found.since}` };
}

/** Settings in `.user.ini` and `php.ini`. */
export const phpSettings: Rule = function* ({ type, text }, { request }) {
  if (type !== 'ini') return;
  const versions = { from: request.phpFrom, to: request.phpTo };
  for (const match of text.matchAll(/^[ \t]*([\w.]{1,60})[ \t]*=/gm)) {
    const found = changeOf('setting', match[1]!, versions);
    if (found) yield { rule: 'php-setting', at: match.index, about: `${match[1]}：PHP ${found.since}` };
  }
};
