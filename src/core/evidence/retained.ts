const RETAINED = /: records before (\d+) were deleted,/;

/** What the audit says where a sink deletes what is older than it is to be kept. */
export function retainedText(sink: string, begins: number, days: number): string {
  return `${sink}: records before ${begins} were deleted, older than ${days} days`;
}

/** The record that the rest begins with, of a record that says that. */
export function retainedIn(record: string): number | undefined {
  if (!record.includes('"event":"retain"')) return undefined;
  try {
    const { event, why } = JSON.parse(record) as { readonly event?: unknown; readonly why?: unknown };
    const [, begins] = (event === 'retain' && RETAINED.exec(String(why))) || [];
    return begins === undefined ? undefined : Number(begins);
  } catch {
    return undefined;
  }
}
