import { type KeyboardEvent, useEffect, useState } from 'react';
import type { Json } from './blocks.tsx';

interface Props {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
  readonly placeholder: string;
  readonly onSuggest: (typed: string) => Promise<readonly Json[]>;
  readonly onChoose: (value: string | null) => void;
}

/** Between two keys, before the app is asked. */
const PAUSE_MS = 200;
const words = (option: Json): string => String((option.text as Json).text);

/** A menu whose options the app gives for what was typed. */
export function TypeAhead({ id, placeholder, onSuggest, onChoose, ...aria }: Props) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState('');
  const [options, setOptions] = useState<readonly Json[]>([]);
  const [at, setAt] = useState(0);
  const isOpen = typed !== '' && typed !== chosen;

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew for what was typed, not for each new function.
  useEffect(() => {
    if (!isOpen) return;
    let isOver = false;
    const timer = setTimeout(async () => {
      const found = await onSuggest(typed);
      if (!isOver) setOptions(found);
    }, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [typed, isOpen]);

  const choose = (option: Json | undefined) => {
    if (!option) return;
    setChosen(words(option));
    setTyped(words(option));
    onChoose(String(option.value));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + options.length) % Math.max(1, options.length));
    if (event.key === 'Enter') choose(options[at]);
    if (step || event.key === 'Enter') event.preventDefault();
  };
  return (
    <div className="type-ahead">
      <input
        {...aria}
        id={id}
        type="text"
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={`${id}-options`}
        aria-activedescendant={isOpen ? `${id}-${at}` : undefined}
        placeholder={placeholder}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setAt(0);
          onChoose(null);
        }}
        onKeyDown={onKeyDown}
      />
      {isOpen && (
        <div className="type-ahead-list" id={`${id}-options`} role="listbox">
          {options.length === 0 && <p>No results</p>}
          {options.map((option, i) => (
            <button
              key={String(option.value)}
              id={`${id}-${i}`}
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={i === at}
              onClick={() => choose(option)}
            >
              {words(option)}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
