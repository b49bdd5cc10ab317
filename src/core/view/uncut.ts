/** What every chat shows of one row, uncut. */
const MOST_BYTES = 500;

/** In parts at the ends of words, or where a word has no end. */
export function uncutParts(text: string): readonly string[] {
  const found: string[] = [];
  let part = '';
  for (const word of text.split(' ').flatMap(chunks)) {
    const longer = part === '' ? word : `${part} ${word}`;
    if (part !== '' && size(longer) > MOST_BYTES) {
      found.push(`${part} …`);
      part = `… ${word}`;
    } else part = longer;
  }
  return [...found, part];
}

function chunks(word: string): readonly string[] {
  const letters = [...word];
  const most = MOST_BYTES / 5;
  return Array.from({ length: Math.ceil(letters.length / most) }, (_, i) =>
    letters.slice(i * most, (i + 1) * most).join(''),
  );
}

/** As it is sent: Slack writes each of three characters as five. */
export function size(text: string): number {
  return new TextEncoder().encode(text.replace(/[&<>]/g, '&amp;')).length;
}
