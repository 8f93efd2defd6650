import { type RefObject, useLayoutEffect, useState } from 'react';

/** The pixels that a place is wide; `before` until it has been measured, which is before anything is painted. */
export function useWidth(place: RefObject<HTMLElement | null>, before: number): number {
  return useMeasure(place, before, 'clientWidth');
}

/** The pixels that a place is high. */
export function useHeight(place: RefObject<HTMLElement | null>, before: number): number {
  return useMeasure(place, before, 'clientHeight');
}

function useMeasure(
  place: RefObject<HTMLElement | null>,
  before: number,
  side: 'clientWidth' | 'clientHeight',
): number {
  const [pixels, setPixels] = useState(before);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    setPixels(element[side]);
    const observer = new ResizeObserver(() => setPixels(element[side]));
    observer.observe(element);
    return () => observer.disconnect();
  }, [place, side]);
  return pixels;
}
