/** A number for each key that is in use, from 0 on: what is kept by key is an array then. A number that nobody uses any more goes to another key. */
export class Keys {
  readonly #numbers = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  /** More than the highest number. */
  get size(): number {
    return this.#keys.length;
  }

  keyOf(number: number): string {
    return this.#keys[number] ?? '';
  }

  take(key: string): number {
    const number = this.#numbers.get(key) ?? this.#free.pop() ?? this.#keys.length;
    this.#numbers.set(key, number);
    this.#keys[number] = key;
    this.#uses[number] = (this.#uses[number] ?? 0) + 1;
    return number;
  }

  leave(number: number): void {
    const uses = (this.#uses[number] ?? 0) - 1;
    if (uses < 0) return;
    this.#uses[number] = uses;
    if (uses > 0) return;
    this.#numbers.delete(this.keyOf(number));
    this.#free.push(number);
  }
}
