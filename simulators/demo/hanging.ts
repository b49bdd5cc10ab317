/**
 * A line for a terminal of so many columns: broken between words, what follows indented below the first word behind the
 * stamp. A word that is longer than a row stays whole.
 */
export function hanging(stamp: string, line: string, columns = 80): string {
  const indent = ' '.repeat(stamp.length);
  const rows: string[] = [];
  let row = stamp;
  for (const word of line.split(' ')) {
    const isFirst = row === stamp || row === indent;
    if (!isFirst && row.length + 1 + word.length > columns) {
      rows.push(row);
      row = indent + word;
    } else row += isFirst ? word : ` ${word}`;
  }
  return [...rows, row].join('\n');
}
