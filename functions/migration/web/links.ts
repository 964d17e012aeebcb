import { parentOf } from '../position.ts';

export type LinkPlan =
  | { copy: Buffer; how?: string }
  /** Why it is left out. */
  | { skip: string };

/**
 * What becomes of a symbolic link. Inside the root it is copied as it is, whether or not anything is there; an absolute
 * one into the root is made relative, because the root has another name at the target; one that leads out is left out.
 */
export function planLink(path: Buffer, target: Buffer, rootNames: readonly Buffer[]): LinkPlan {
  if (target.length === 0 || target.length > 4000) return { skip: 'リンク先の長さが不正です' };
  if (target.some((byte) => byte < 0x20 || byte === 0x7f)) return { skip: 'リンク先に制御文字があります' };
  const from = partsOf(parentOf(path));
  if (target[0] !== 0x2f) {
    return follow(from, partsOf(target)) ? { copy: target } : { skip: outside };
  }
  for (const root of rootNames) {
    const below = belowRoot(target, root);
    const parts = below && follow([], partsOf(below));
    if (!parts) continue;
    const copy = relative(from, parts);
    return { copy, how: '絶対パスのリンクを相対パスに変更' };
  }
  return { skip: outside };
}

/**
 * The directories that a link's text leaves again upwards, as `a` in `a/../b`. Were one of them a link itself, the text
 * would lead elsewhere than it says, even out of the root.
 */
export function leftUpwards(path: Buffer, target: Buffer, rootNames: readonly Buffer[]): Buffer[] {
  const below = target[0] === 0x2f ? rootNames.map((root) => belowRoot(target, root)).find(Boolean) : target;
  const at = target[0] === 0x2f ? [] : partsOf(parentOf(path));
  const left: Buffer[] = [];
  let entered = 0;
  for (const step of partsOf(below ?? target)) {
    if (step !== '..') {
      at.push(step);
      entered += 1;
      continue;
    }
    if (entered > 0) left.push(Buffer.from(at.join('/'), 'latin1'));
    entered = Math.max(0, entered - 1);
    at.pop();
  }
  return left;
}

/**
 * The link's own text. Some servers answer with the absolute path that a relative link leads to; the length that they
 * state is still that of the text, and where the relative form has that length it is the text.
 */
export function textOfLink(
  path: Buffer,
  answered: Buffer,
  size: number,
  rootNames: readonly Buffer[],
): Buffer {
  if (answered[0] !== 0x2f || size === answered.length) return answered;
  const plan = planLink(path, answered, rootNames);
  return 'copy' in plan && plan.copy.length === size ? plan.copy : answered;
}

/** Both lead to the same place below the root, however they are written. */
export function leadsToSame(path: Buffer, a: Buffer, b: Buffer, rootNames: readonly Buffer[]): boolean {
  if (a.equals(b)) return true;
  const [left, right] = [a, b].map((target) => {
    const plan = planLink(path, target, rootNames);
    return 'copy' in plan ? follow(partsOf(parentOf(path)), partsOf(plan.copy))?.join('/') : undefined;
  });
  return left !== undefined && left === right;
}

const outside = 'リンク先が移行対象のフォルダの外です';

export function belowRoot(target: Buffer, root: Buffer): Buffer | undefined {
  const prefix = root.length === 1 ? root : Buffer.concat([root, Buffer.from('/')]);
  if (target.equals(root)) return Buffer.alloc(0);
  return target.subarray(0, prefix.length).equals(prefix) ? target.subarray(prefix.length) : undefined;
}

/** Undefined as soon as a step leaves the root. latin1 keeps every byte. */
function follow(start: readonly string[], steps: readonly string[]): string[] | undefined {
  const parts = [...start];
  for (const step of steps) {
    if (step !== '..') parts.push(step);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts;
}

function relative(from: readonly string[], to: readonly string[]): Buffer {
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared += 1;
  const parts = [...from.slice(shared).map(() => '..'), ...to.slice(shared)];
  return Buffer.from(parts.join('/') || '.', 'latin1');
}

function partsOf(path: Buffer): string[] {
  return path
    .toString('latin1')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
}
