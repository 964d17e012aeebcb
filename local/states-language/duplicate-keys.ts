const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * Keys that stand twice in one object of a JSON text, which JSON.parse takes for one: a state that silently hides
 * another. The text has been parsed before: it is JSON.
 */
export const findDuplicateKeys = (text: string): string[] => {
  const duplicates: string[] = [];
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = JSON.parse(last) as string;
      if (open.at(-1)?.has(key)) duplicates.push(key);
      open.at(-1)?.add(key);
    }
    last = token;
  }
  return duplicates;
};
