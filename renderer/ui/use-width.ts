import { type RefObject, useEffect, useState } from 'react';

/** The inner width of an element in pixels, told again when it changes; `guess` until it is known. */
export function useWidth(element: RefObject<HTMLElement | null>, guess: number): number {
  const [width, setWidth] = useState(guess);
  useEffect(() => {
    const of = element.current;
    if (!of) return;
    const observer = new ResizeObserver(() => setWidth(of.clientWidth));
    observer.observe(of);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
