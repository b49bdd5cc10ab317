/** Does the pattern mean the name? `*` stands for any characters; the rest is compared without regard to case. */
export function matchesName(pattern: string, name: string): boolean {
  return matchesText(pattern.toLowerCase(), name.toLowerCase());
}

/** The same for a text whose case matters, such as the value of a tag. */
export function matchesText(pattern: string, text: string): boolean {
  // What most policies say, and each is looked at: nothing is made for it.
  if (!pattern.includes('*')) return text === pattern;
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return text === head;
  if (!text.startsWith(head) || !text.endsWith(tail)) return false;
  // What stands between two stars is taken where it comes first: that leaves the most for what follows.
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - tail.length;
}

/** May one text be meant by both? Exact where one of them has no star, else by what stands before the first star and behind the last. */
export function mayShareText(a: string, b: string): boolean {
  if (!a.includes('*')) return matchesText(b, a);
  if (!b.includes('*')) return matchesText(a, b);
  const heads = [a.slice(0, a.indexOf('*')), b.slice(0, b.indexOf('*'))] as const;
  const tails = [a.slice(a.lastIndexOf('*') + 1), b.slice(b.lastIndexOf('*') + 1)] as const;
  const isHead = heads[0].startsWith(heads[1]) || heads[1].startsWith(heads[0]);
  return isHead && (tails[0].endsWith(tails[1]) || tails[1].endsWith(tails[0]));
}
