import { useLayoutEffect, useRef } from 'react';
import './Hint.css';

interface HintAtProps {
  readonly id: string;
  readonly text: string;
  /** What it speaks of, in pixels of the window. */
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

const GAP = 6;

/** A hint beside a place that is no element of its own, such as a cell of a strip. */
export function HintAt({ id, text, box }: HintAtProps) {
  const hint = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has another width
  useLayoutEffect(() => {
    const own = hint.current;
    if (!own) return;
    const { offsetWidth: width, offsetHeight: height } = own;
    const middle = box.left + box.width / 2 - width / 2;
    own.style.left = `${Math.min(window.innerWidth - width - GAP, Math.max(GAP, middle))}px`;
    // Above, since what stands under a strip belongs to it.
    const above = box.top - height - GAP;
    own.style.top = `${above > GAP ? above : box.top + box.height + GAP}px`;
  }, [box, text]);
  return (
    <div ref={hint} id={id} role="tooltip" className="hint hint-at">
      {text}
    </div>
  );
}
