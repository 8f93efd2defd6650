import { useEffect, useLayoutEffect, useRef } from 'react';
import { useRow } from '../store/batch-store.ts';
import { STRIP_HINT_ID, useStripHint } from './strip-hint.ts';
import { leaveStrip, tellStripCell } from './strip-hint-actions.ts';
import '../ui/Hint.css';

/** A pointer that only passes asks nothing. */
const REST_MS = 150;

/** Tells the frame under the pointer in the table, its state and its time. One for all strips. */
export function StripHint() {
  const { pointed, told } = useStripHint();
  const row = useRow(pointed?.jobId ?? '');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is told of a shot that renders must stay true
  useEffect(() => {
    if (!pointed) return;
    const timer = setTimeout(() => void tellStripCell(pointed), told ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [pointed, row]);
  useEffect(() => {
    // A strip that scrolls away is not the one under the pointer any more.
    window.addEventListener('wheel', leaveStrip, { passive: true });
    window.addEventListener('keydown', leaveStrip);
    return () => {
      window.removeEventListener('wheel', leaveStrip);
      window.removeEventListener('keydown', leaveStrip);
    };
  }, []);
  return told && <HintAt id={STRIP_HINT_ID} text={told.text} box={told.box} />;
}

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
function HintAt({ id, text, box }: HintAtProps) {
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
