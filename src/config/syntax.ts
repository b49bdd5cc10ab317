import type { YAMLError } from 'yaml';

const OTHER_INDENT = 'is indented otherwise than its neighbours';
const NO_COLON = 'a colon and a space are missing: write `name: value`';

/** What a parser of YAML says, in words of this house. The text itself is not told: it may be a secret. */
export function syntaxText({ code, message }: Pick<YAMLError, 'code' | 'message'>): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'a tab is in the indentation; use spaces';
    case 'BAD_INDENT':
      return message.startsWith('Flow') ? bracketText(message) : OTHER_INDENT;
    case 'MISSING_CHAR':
      return missingText(message);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'has two colons; quote the text that has one';
    case 'MULTILINE_IMPLICIT_KEY':
    case 'KEY_OVER_1024_CHARS':
      return NO_COLON;
    case 'BAD_SCALAR_START':
      return 'text that begins with @, `, or % must be quoted';
    case 'BAD_DQ_ESCAPE':
      return 'a \\ in "…" means something else here; use \'…\'';
    case 'MULTIPLE_DOCS':
      return 'a second document begins; a configuration is one';
    case 'RESOURCE_EXHAUSTION':
      return 'is nested too deeply';
    case 'UNEXPECTED_TOKEN':
      return 'something stands here that does not belong to what is before it; quote the text, or begin a new line';
    default:
      return `cannot be read (${code.toLowerCase().replaceAll('_', ' ')})`;
  }
}

function bracketText(message: string): string {
  const [, bracket = ']'] = /end with a (\S)/.exec(message) ?? [];
  return `a bracket is not closed: ${bracket} is missing`;
}

function missingText(message: string): string {
  if (message.includes('quote')) return 'a quote is not closed';
  if (message.startsWith('Flow')) return bracketText(message);
  if (message.startsWith('Sequence item')) return OTHER_INDENT;
  if (message.includes('comma') || message.includes(',')) return 'a comma is missing';
  return NO_COLON;
}
