const quoted = (words: readonly string[]) => words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');

/** What runs these words in a real terminal of so many columns: script(1), of every Linux and macOS. It ends as they do. */
export function inTerminalOf(columns: number, words: readonly string[]): readonly [program: string, words: string[]] {
  const command = `stty cols ${columns} rows 24; exec ${quoted(words)}`;
  return [
    'script',
    process.platform === 'linux' ? ['-qec', command, '/dev/null'] : ['-q', '/dev/null', 'sh', '-c', command],
  ];
}
