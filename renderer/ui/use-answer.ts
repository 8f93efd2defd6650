import { useEffect, useState } from 'react';

/**
 * What was answered about a thing, asked for once, and again when `anew` has changed; the newest answer stays until
 * then. `null`: it is on its way, or there is none. The answer about another thing is never given.
 * @param of what it is about; `null`: nothing is asked
 */
export function useAnswer<T>(
  of: string | null,
  ask: (of: string) => Promise<T | null>,
  anew: unknown = null,
): T | null {
  const [known, setKnown] = useState<{ readonly of: string; readonly answer: T } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `ask` is made anew each time; `anew` is what may have changed the answer
  useEffect(() => {
    let isWanted = true;
    if (of !== null) {
      void ask(of).then((answer) => {
        if (isWanted && answer !== null) setKnown({ of, answer });
      });
    }
    return () => {
      isWanted = false;
    };
  }, [of, anew]);
  return known?.of === of ? known.answer : null;
}
