/**
 * A definition as a server itself has it, by fact: the keys are for people. `facts` mean the same in every version (types,
 * labels, bodies as they were typed); `texts` are put together by the server, whose versions spell one thing in several
 * ways. A fact that is there and undefined is one that this end cannot tell: it is not compared.
 */
export interface Description {
  facts: Record<string, unknown>;
  texts: Record<string, unknown>;
}

export interface Judging {
  /** The servers' texts are not those of one version. */
  otherVersion: boolean;
  /** A fact that something else tells already. */
  isTold(what: string): boolean;
  /** A text without what a server that reads its own text puts otherwise the second time. */
  skeleton(text: string): string;
}

/** What differs, or that it is spelled otherwise alone; undefined where both are the same. */
export function differenceOf(
  source: Description,
  target: Description,
  { otherVersion, isTold, skeleton }: Judging,
): { what: string } | { spelling: string } | undefined {
  const facts = differing(source.facts, target.facts).filter((key) => !isTold(key));
  const texts = differing(source.texts, target.texts).filter((key) => !isTold(key));
  const meant = texts.filter(
    (key) => skeleton(String(source.texts[key])) !== skeleton(String(target.texts[key])),
  );
  if (facts.length > 0) return { what: named(facts) };
  if (texts.length === 0) return undefined;
  if (meant.length === 0) return { spelling: `定義の書き方だけが異なります(${texts[0]})` };
  if (otherVersion) return { spelling: `版が異なるため、定義の書き方が異なります(${meant[0]})` };
  return { what: named(meant) };
}

const mostNamed = 3;

/** `列 a の型、列 b の型 など`. How a part is written says again what its facts say: it is named where nothing else is. */
export function named(keys: readonly string[]): string {
  const facts = keys.filter((key) => !key.endsWith('の書き方'));
  const told = facts.length > 0 ? facts : keys;
  return `${told.slice(0, mostNamed).join('、')}${told.length > mostNamed ? ' など' : ''}`;
}

export function differing(here: Record<string, unknown>, there: Record<string, unknown>): string[] {
  const keys = new Set([...Object.keys(here), ...Object.keys(there)]);
  const unknown = (of: Record<string, unknown>, key: string) => key in of && of[key] === undefined;
  return [...keys].filter(
    (key) =>
      !unknown(here, key) &&
      !unknown(there, key) &&
      JSON.stringify(here[key] ?? null) !== JSON.stringify(there[key] ?? null),
  );
}
