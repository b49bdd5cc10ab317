/** Where what a spreadsheet takes for a formula begins (OWASP, "CSV Injection"), also in a cell that it makes of a part of one. */
const FORMULA = /^(?=[\t\r\n])|(?<=(?:^|[;\t\r\n])\s*)(?=[=+\-@|%＝＋－＠])/g;

/**
 * A text that is no formula to a spreadsheet: an apostrophe stands before it. Where lists are separated by semicolons, as in German, quotes
 * that stand elsewhere than behind one mean nothing, and what stands behind a semicolon or on a line of its own is a cell.
 */
export function noFormula(text: string): string {
  return text.replace(FORMULA, "'");
}
