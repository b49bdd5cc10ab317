import type { YAMLError } from 'yaml';

const OTHER_INDENT = 'is indented otherwise than its neighbours';
const NO_COLON = 'a colon and a space are missing: write `name: value`';

/** Of a line that cannot be read: the space that is missing in it, or is none. */
export function spaceText(line: string): string | undefined {
  if (/[\u00a0\u2000-\u200a\u202f\u3000]/.test(line.replace(/#.*/, ''))) return 'has a no-break space; use a plain one';
  if (/^\s*-[A-Za-z_]\w*:(?:\s|$)/.test(line)) return 'a space is missing behind the dash: write `- name: value`';
  if (/^\s*(?:- )?[A-Za-z]\w*:[^\s/:]/.test(line)) return 'a space is missing behind the colon: write `name: value`';
  return undefined;
}

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
