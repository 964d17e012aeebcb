import { randomBytes } from 'node:crypto';
import type { Objects } from '../../case/ports.ts';
import { readJson, writeJson } from '../ndjson.ts';

/**
 * Who works on something, and how far: of all claims below a prefix the one with the highest name. Each is written by its
 * holder only, so two at once cannot overwrite each other; a later claim takes over, and the earlier holder stops before
 * it changes anything more.
 */
export class Claim<State> {
  /** Different for every claim; also part of the names of what its holder writes. */
  readonly name: string;
  /** Nobody claimed this before, or at the same time. */
  readonly first: boolean;
  readonly state: State;
  readonly #objects: Objects;
  readonly #prefix: string;

  private constructor(objects: Objects, prefix: string, name: string, first: boolean, state: State) {
    this.#objects = objects;
    this.#prefix = prefix;
    this.name = name;
    this.first = first;
    this.state = state;
  }

  /** Goes on from what `last` (of lastClaim) knew. */
  static async take<State>(
    objects: Objects,
    prefix: string,
    last: LastClaim<State> | undefined,
    state: State,
  ): Promise<Claim<State>> {
    const number = last ? Number.parseInt(last.name, 10) + 1 : 1;
    const name = `${String(number).padStart(6, '0')}-${randomBytes(6).toString('hex')}`;
    await writeJson(objects, prefix + name, state);
    // Looked at only now: of two that claim in the same moment at least one sees the other.
    return new Claim(objects, prefix, name, (await namesBelow(objects, prefix)).length === 1, state);
  }

  save(): Promise<void> {
    return writeJson(this.#objects, this.#prefix + this.name, this.state);
  }

  async isMine(): Promise<boolean> {
    return (await namesBelow(this.#objects, this.#prefix)).at(-1) === this.name;
  }
}

export interface LastClaim<State> {
  name: string;
  state: State;
}

export async function lastClaim<State>(
  objects: Objects,
  prefix: string,
): Promise<LastClaim<State> | undefined> {
  const name = (await namesBelow(objects, prefix)).at(-1);
  const state = name === undefined ? undefined : await readJson<State>(objects, prefix + name);
  return name === undefined || state === undefined ? undefined : { name, state };
}

async function namesBelow(objects: Objects, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of objects.list(prefix)) names.push(key.slice(prefix.length));
  return names;
}
