import { hash } from 'node:crypto';

/** What stands for a person, or an account of theirs, once they were erased: it tells them again, and names nobody. */
export function erasedId(person: string): string {
  return hash('sha256', `person ${person}`, 'hex').slice(0, 40);
}
