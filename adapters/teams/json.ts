/** A part of a card. */
export type Json = Readonly<Record<string, unknown>>;
