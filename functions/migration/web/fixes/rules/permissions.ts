import type { TargetWeb } from '../../../../case/settings.ts';
import type { FixRule } from '../../../../case/web-fixes/rules.ts';
import { nameOf } from '../../../position.ts';
import type { Attributes } from '../../file-tree.ts';

const programs = /\.(?:cgi|fcgi|pl)$/i;

/** What the mode of a file or a directory will do at the target: under suEXEC what others may write to is not run. */
export function permissionProblem(
  path: Buffer,
  { kind, mode }: Pick<Attributes, 'kind' | 'mode'>,
  target: Pick<TargetWeb, 'suexec'>,
): { rule: FixRule; about: string } | undefined {
  if (kind !== 'file' && kind !== 'directory') return undefined;
  const text = (mode & 0o777).toString(8).padStart(3, '0');
  const program = kind === 'file' && programs.test(nameOf(path).toString('latin1'));
  if (program && (mode & 0o100) === 0) return { rule: 'cgi-permissions', about: `権限 ${text}` };
  // suEXEC looks at a program and the directory that it is in.
  const run = program || (kind === 'directory' && /^cgi(?:-bin)?$/i.test(nameOf(path).toString('latin1')));
  const byGroup = target.suexec && run && (mode & 0o020) !== 0;
  if ((mode & 0o002) === 0 && !byGroup) return undefined;
  const refused = target.suexec && (program || kind === 'directory');
  return {
    rule: 'open-permissions',
    about: `権限 ${text}${refused ? '（suEXEC により CGI が動かない）' : ''}`,
  };
}
