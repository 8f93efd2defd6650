import { useEffect, useLayoutEffect, useRef } from 'react';
import { create } from 'zustand';
import { currentView } from '../actions/ui-actions.ts';
import { ask } from '../api.ts';
import { useRow } from '../store/batch-store.ts';
import { stripCellText } from '../text/frame-text.ts';
import '../ui/Hint.css';

/** A cell of the frame strip of a shot in the table. */
interface StripPlace {
  readonly jobId: string;
  /** From 0. */
  readonly cell: number;
  /** Where it is in the window, pixels. */
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

interface StripHint {
  /** What the pointer is on; `null`: on no strip. */
  readonly pointed: StripPlace | null;
  /** What is told about it, once that is known. */
  readonly told: (StripPlace & { readonly text: string }) | null;
}

/** What is told about the cell under the pointer. */
export const useStripHint = create<StripHint>(() => ({ pointed: null, told: null }));

/** The cell of a strip that the pointer is on. @param x pixels, as `left` and `width` */
export function cellAt(x: number, left: number, width: number, cells: number): number {
  return Math.min(cells - 1, Math.max(0, Math.floor(((x - left) / width) * cells)));
}

/** The element that tells it. */
export const STRIP_HINT_ID = 'strip-hint';

/** The pointer is on the strip of a shot, so many pixels from the left of the window. */
export function pointAtStrip(jobId: string, cells: number, strip: DOMRect, x: number): void {
  const cell = cellAt(x, strip.left, strip.width, cells);
  const { pointed } = useStripHint.getState();
  if (pointed?.jobId === jobId && pointed.cell === cell && pointed.box.top === strip.top) return;
  const width = strip.width / cells;
  const { top, height } = strip;
  const box = { left: strip.left + cell * width, top, width, height };
  useStripHint.setState({ pointed: { jobId, cell, box } });
}

/** The pointer has left it, or it has moved away below the pointer. */
export function leaveStrip(): void {
  useStripHint.setState({ pointed: null, told: null });
}

/** Asks what is behind a cell and tells it, if the pointer is still there. A refusal is not worth a word. */
export async function tellStripCell(place: StripPlace): Promise<void> {
  const view = currentView();
  if (!view) return;
  const { jobId, cell } = place;
  const answer = await ask('job:strip-cell', { batchId: view.id, jobId, cell });
  if (!answer.ok || !answer.value || useStripHint.getState().pointed !== place) return;
  useStripHint.setState({ told: { ...place, text: stripCellText(answer.value) } });
}

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
  /** What it speaks of. */
  readonly box: StripPlace['box'];
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
    <div ref={hint} id={id} role="tooltip" className="hint hint-at floating">
      {text}
    </div>
  );
}
