/** What of a test goes into the file. */
interface Case {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly is: string;
}

/** Results in the form of JUnit's XML, as CI systems read it. */
export function junit(suite: string, cases: readonly Case[]): string {
  const failed = cases.filter(({ passed }) => !passed).length;
  const head = `name="${escaped(suite)}" tests="${cases.length}" failures="${failed}"`;
  const lines = cases.map(({ name, passed, expected, is }) => {
    const own = `<testcase classname="${escaped(suite)}" name="${escaped(name)}"`;
    if (passed) return `    ${own}/>`;
    return `    ${own}><failure message="${escaped(`expected ${expected}; is ${is}`)}"/></testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite ${head}>\n${lines.join('\n')}\n  </testsuite>\n</testsuites>\n`;
}

/** XML 1.0 has no control characters, not even escaped. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u001f]/g, ' ').replace(/[&<>"]/g, (one) => entities[one] ?? one);
}
