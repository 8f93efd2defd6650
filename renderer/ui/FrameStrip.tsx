import { memo } from 'react';
import type { FrameStrip as Cells } from '../../shared/view.ts';
import './FrameStrip.css';

interface FrameStripProps {
  readonly cells: Cells;
  /** The same in words. */
  readonly text: string;
  /** The element that tells more about it, while there is one. */
  readonly describedBy?: string | undefined;
  /** The pointer is on it, so many pixels from the left of the window. */
  readonly onPoint?: (strip: DOMRect, x: number) => void;
  readonly onLeave?: () => void;
}

/** One cell a frame or group of frames. */
export const FrameStrip = memo(function FrameStrip(props: FrameStripProps) {
  const { cells, text, describedBy, onPoint, onLeave } = props;
  return (
    <div
      className="strip"
      role="img"
      aria-label={text || 'Frames not known yet'}
      aria-describedby={describedBy}
      style={{ maskSize: `${100 / Math.max(1, cells.length)}% 100%` }}
      onPointerMove={
        onPoint && ((event) => onPoint(event.currentTarget.getBoundingClientRect(), event.clientX))
      }
      onPointerLeave={onLeave}
    >
      {runsOf(cells).map(({ letter, start, length }) => (
        <div key={start} className={`strip-run ${letter}`} style={{ flexGrow: length }} />
      ))}
    </div>
  );
});

/** Equal neighbours of a frame strip as one run, so that 60 cells are a handful of elements. */
export function runsOf(
  cells: string,
): readonly { readonly letter: string; readonly start: number; readonly length: number }[] {
  return [...cells.matchAll(/(.)\1*/g)].map((match) => ({
    letter: match[1] ?? '',
    start: match.index,
    length: match[0].length,
  }));
}
