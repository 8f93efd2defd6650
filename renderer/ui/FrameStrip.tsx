import { memo } from 'react';
import type { FrameStrip as Cells } from '../../shared/view.ts';
import './FrameStrip.css';
import { runsOf } from './strip-runs.ts';

/** One cell a frame or group of frames; `text` says the same in words. */
export const FrameStrip = memo(function FrameStrip({
  cells,
  text,
}: {
  readonly cells: Cells;
  readonly text: string;
}) {
  return (
    <div
      className="strip"
      role="img"
      aria-label={text || 'Frames not known yet'}
      style={{ maskSize: `${100 / Math.max(1, cells.length)}% 100%` }}
    >
      {runsOf(cells).map(({ letter, start, length }) => (
        <div key={start} className={`strip-run ${letter}`} style={{ flexGrow: length }} />
      ))}
    </div>
  );
});
