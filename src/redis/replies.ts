/** The answers of scripts are flat lists. */
export function inParts(flat: readonly unknown[], size: number): readonly (readonly unknown[])[] {
  return Array.from({ length: flat.length / size }, (_, i) => flat.slice(i * size, (i + 1) * size));
}

export function pairs(flat: readonly unknown[]): readonly (readonly [string, string])[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [String(flat[2 * i]), String(flat[2 * i + 1])] as const);
}
