/** What a record says. */
export type RecordFacts = Readonly<Record<string, unknown>>;

/**
 * The facts of a record as whoever reads it takes them, however its JSON is written: what looks for letters in it can be passed by with a
 * space. Undefined for what is none.
 */
export function factsIn(record: string): RecordFacts | undefined {
  try {
    const facts: unknown = JSON.parse(record);
    return typeof facts === 'object' && facts !== null && !Array.isArray(facts) ? (facts as RecordFacts) : undefined;
  } catch {
    return undefined;
  }
}
