/** Words longer than this are no slips of a finger. */
const LONGEST = 20;

/** The word that was meant by one with a letter too many, too few, wrong, or two changed about; two such in a long one, or so many as are allowed. The first of equals. */
export function nearWord(words: Iterable<string>, typed: string, allowed = 2): string | undefined {
  const text = typed.toLowerCase();
  if (text.length > LONGEST || text.length < 2) return undefined;
  let best: { readonly word: string; readonly wrong: number } | undefined;
  for (const word of words) {
    const most = Math.min(allowed, Math.min(word.length, text.length) < 5 ? 1 : 2);
    if (Math.abs(word.length - text.length) > most) continue;
    const wrong = slips(text, word.toLowerCase());
    if (wrong <= most && wrong < (best?.wrong ?? LONGEST)) best = { word, wrong };
  }
  return best?.word;
}

/** Edit distance in which two letters that changed places are one slip (optimal string alignment). */
function slips(a: string, b: string): number {
  let [before, row]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row?.[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const turned = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before?.[j - 2] ?? LONGEST) + 1 : LONGEST;
      next.push(Math.min(change, (row?.[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, turned));
    }
    [before, row] = [row ?? [], next];
  }
  return row?.[b.length] ?? LONGEST;
}
