import { useEffect, useRef } from 'react';

/** Calls `onBeat` with each picture that the screen draws while `beating`; a hidden window rests. */
export function useBeat(beating: boolean, onBeat: (elapsedMs: number) => void): void {
  const latest = useRef(onBeat);
  latest.current = onBeat;
  useEffect(() => {
    if (!beating) return;
    let before = performance.now();
    let request = requestAnimationFrame(function beat(now) {
      latest.current(now - before);
      before = now;
      request = requestAnimationFrame(beat);
    });
    return () => cancelAnimationFrame(request);
  }, [beating]);
}
