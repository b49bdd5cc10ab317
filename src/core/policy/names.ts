/** Does the pattern mean the name? `*` stands for any characters; the rest is compared without regard to case. */
export function matchesName(pattern: string, name: string): boolean {
  const text = name.toLowerCase();
  const [head = '', ...rest] = pattern.toLowerCase().split('*');
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
