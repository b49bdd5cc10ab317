/** Names longer than this are typed by nobody: they are found by a part of them alone. */
const LONGEST = 40;
/** So many letters may be wrong, at most, and never all of them. */
const MOST_WRONG = 4;

/**
 * The names nearest to a word, three at most, the nearest first: a few letters are wrong, or the word is a part of them. One pass,
 * in which each name takes a number of steps that its length alone limits: inventories have ten thousand names.
 */
export function nearest(names: Iterable<string>, word: string): readonly string[] {
  const most =
    word.length > LONGEST ? -1 : Math.min(MOST_WRONG, Math.max(2, Math.floor(word.length / 3)), word.length - 1);
  const best: { readonly name: string; readonly wrong: number }[] = [];
  for (const name of names) {
    const text = name.toLowerCase();
    const within = wrongLetters(text, word, most);
    const wrong = within ?? (text.includes(word) ? LONGEST + Math.min(text.length, 1_000) : undefined);
    if (wrong === undefined) continue;
    const at = best.findIndex((one) => wrong < one.wrong || (wrong === one.wrong && name < one.name));
    if (at >= 0) best.splice(at, 0, { name, wrong });
    else if (best.length < 3) best.push({ name, wrong });
    if (best.length > 3) best.pop();
  }
  return best.map(({ name }) => name);
}

/**
 * Edit distance (Levenshtein) where it is at most `most`: names that share most of their letters are compared at the rest, and only
 * what lies that near to the diagonal is worked out.
 */
function wrongLetters(one: string, other: string, most: number): number | undefined {
  if (most < 0 || Math.abs(one.length - other.length) > most) return undefined;
  const [a, b] = apart(one, other);
  const far = most + 1;
  let [row, next] = [new Uint8Array(b.length + 2), new Uint8Array(b.length + 2)];
  for (let j = 0; j <= b.length + 1; j += 1) row[j] = Math.min(j, far);
  for (let i = 1; i <= a.length; i += 1) {
    const [from, to] = [Math.max(1, i - most), Math.min(b.length, i + most)];
    next[from - 1] = from === 1 ? Math.min(i, far) : far;
    let least = next[from - 1] ?? far;
    for (let j = from; j <= to; j += 1) {
      const change = (row[j - 1] ?? far) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const wrong = Math.min(change, (row[j] ?? far) + 1, (next[j - 1] ?? far) + 1, far);
      next[j] = wrong;
      if (wrong < least) least = wrong;
    }
    next[to + 1] = far;
    if (least > most) return undefined;
    [row, next] = [next, row];
  }
  const wrong = row[b.length] ?? far;
  return wrong > most ? undefined : wrong;
}

/** Without what both begin and end with, which changes nothing of how far apart they are. */
function apart(a: string, b: string): readonly [string, string] {
  const least = Math.min(a.length, b.length);
  let head = 0;
  while (head < least && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < least - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
}
