import { readFileSync } from 'node:fs';

/** Nobody wrote more by hand; and reading it would hold up what the process has to do. */
const MOST_BYTES = 1_048_576;

export type FileText = { readonly text: string } | { readonly fault: string };

/** The text of a file, or why it has none. Throws when the file cannot be read at all. */
export function textOfFile(file: string): FileText {
  return textOf(readFileSync(file));
}

const UNREAD: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EISDIR: 'is a folder',
  ENOTDIR: 'is no folder',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
};

/** Why a file could not be read, from what reading it threw. */
export function whyUnread(cause: unknown): string {
  return UNREAD[(cause as NodeJS.ErrnoException).code ?? ''] ?? 'cannot be read';
}

/** UTF-8 alone: what another encoding makes of a name would be another name. */
export function textOf(bytes: Uint8Array): FileText {
  if (bytes.length > MOST_BYTES) return { fault: `drawbridge.yaml: is larger than ${MOST_BYTES / 1_048_576} MB` };
  const [first, second] = bytes;
  const isWide =
    (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0;
  if (isWide) return { fault: 'drawbridge.yaml: is UTF-16; save it as UTF-8' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { fault: `drawbridge.yaml: is not UTF-8; save it as UTF-8 (line ${badLine(bytes)})` };
  }
}

/** The line of the first letter that cannot be read. */
function badLine(bytes: Uint8Array): number {
  const [before = ''] = new TextDecoder('utf-8').decode(bytes).split('\ufffd');
  return before.split('\n').length;
}
