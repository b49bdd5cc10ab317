import { type ReactNode, type UIEvent, useEffect, useRef } from 'react';

/** How near to the end somebody must be to be taken along to what is new. */
const NEAR = 120;

interface Props {
  readonly label: string;
  /** Changes with the conversation that is shown: another one starts at its end. */
  readonly place: string;
  /** Grows with what is in it. */
  readonly size: number;
  readonly children: ReactNode;
}

/** A conversation that stays at its end as it grows, unless the reader has scrolled up. */
export function Scroll({ label, place, size, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const before = useRef({ place: '', size: -1 });
  const isAtEnd = useRef(true);
  const height = useRef(0);
  // A card that is edited grows, too, and what is above it.
  useEffect(() => {
    const [element, inside] = [box.current, content.current];
    if (!element || !inside) return;
    const watch = new ResizeObserver(() => {
      height.current = element.scrollHeight;
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    });
    watch.observe(inside);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const moved = before.current.place !== place;
    const grew = before.current.size !== size;
    before.current = { place, size };
    if (!moved && !(grew && isAtEnd.current)) return;
    isAtEnd.current = true;
    element.scrollTop = element.scrollHeight;
  }, [place, size]);
  // Kept from before it grew: something long would leave the reader behind.
  const keep = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }: UIEvent<HTMLDivElement>) => {
    // The browser moved it, as something grew: nobody has scrolled.
    if (scrollHeight !== height.current) return;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls with the keyboard.
    <div className="scroll" ref={box} role="log" aria-label={label} tabIndex={0} onScroll={keep}>
      <div className="scroll-content" ref={content}>
        {children}
      </div>
    </div>
  );
}
