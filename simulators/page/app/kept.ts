import { useEffect, useState } from 'react';

/** A choice of the visitor's that a reload keeps, as long as the page is open in this tab. */
export function useKept<T extends string>(name: string, first: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => (sessionStorage.getItem(name) as T | null) ?? first);
  useEffect(() => sessionStorage.setItem(name, value), [name, value]);
  return [value, setValue];
}
