/** One mail as it was taken. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** By their names in lower case, unfolded, and with their encoded words read. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

const ONCE = ['from', 'date', 'message-id'];
const AT_MOST_ONCE = [...ONCE, 'sender', 'reply-to', 'to', 'cc', 'subject'];

/** Reads what came after DATA (RFC 5322), dots taken out already. Gives why it is none. */
export function readMessage(raw: string): { readonly fault: string } | Omit<ReceivedMail, 'from' | 'to'> {
  if (/[^\p{ASCII}]|\0/u.test(raw)) return { fault: '8-bit data without 8BITMIME' };
  if (/\r(?!\n)|(?<!\r)\n/.test(raw)) return { fault: 'a CR or LF alone' };
  if (raw.split('\r\n').some((line) => line.length > 998)) return { fault: 'a line of more than 998 characters' };
  const end = raw.indexOf('\r\n\r\n');
  if (end < 0) return { fault: 'no blank line after the header' };
  const lines = raw
    .slice(0, end)
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n');
  const fields = lines.map((line) => /^([!-9;-~]+):[ \t]*(.*)$/.exec(line));
  if (fields.some((field) => field === null)) return { fault: 'a header field that is none' };
  const named = fields.map((field) => [field?.[1]?.toLowerCase() ?? '', field?.[2] ?? ''] as const);
  const count = (name: string) => named.filter(([own]) => own === name).length;
  if (ONCE.some((name) => count(name) === 0) || AT_MOST_ONCE.some((name) => count(name) > 1))
    return { fault: 'a header field is missing, or there twice' };
  const headers = new Map(named.map(([name, value]) => [name, words(value)]));
  return { headers, text: body(raw.slice(end + 4), headers.get('content-transfer-encoding')) };
}

/** RFC 2047. White space between two encoded words is none. */
function words(value: string): string {
  return value
    .replace(/\?=[ \t]+=\?/g, '?==?')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString() : quotedPrintable(text.replaceAll('_', ' ')),
    );
}

function body(text: string, encoding = '7bit'): string {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString();
  return encoding === 'quoted-printable' ? quotedPrintable(text.replace(/=\r\n/g, '')) : text;
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
