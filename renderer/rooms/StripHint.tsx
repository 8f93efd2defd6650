import { useEffect } from 'react';
import { leaveStrip, tellStripCell } from '../actions/strip-hint-actions.ts';
import { useRow } from '../store/batch-store.ts';
import { STRIP_HINT_ID, useStripHint } from '../store/strip-hint.ts';
import { HintAt } from '../ui/HintAt.tsx';

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
