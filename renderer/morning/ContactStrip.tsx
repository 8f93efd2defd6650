import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { JobRow } from '../../shared/view.ts';
import { inspect } from '../actions/ui-actions.ts';
import { STATUS_WORDS } from '../text/job-text.ts';
import { stepTarget } from '../ui/grid-keys.ts';
import { StatusIcon } from '../ui/StatusIcon.tsx';
import { Thumbnail } from '../ui/Thumbnail.tsx';
import './ContactStrip.css';
import { Name } from '../ui/Name.tsx';

const TILE = 184;
const GAP = 10;

interface ContactStripProps {
  readonly batchId: string;
  readonly rows: readonly JobRow[];
}

/** The newest frame of each shot, side by side. One tab stop; arrows move inside, and only what is on screen exists. */
export function ContactStrip({ batchId, rows }: ContactStripProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const moved = useRef(false);
  const stop = Math.min(at, rows.length - 1);
  const virtualizer = useVirtualizer({
    horizontal: true,
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => TILE,
    gap: GAP,
    overscan: 2,
    // The tab stop exists also where it has been scrolled away.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), stop])].filter((index) => index < rows.length),
  });
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${at}"]`)?.focus();
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepTarget(event.key, stop, rows.length);
    if (next === null) return;
    event.preventDefault();
    moved.current = true;
    virtualizer.scrollToIndex(next);
    setAt(next);
  };
  return (
    <section className="contact" aria-label="Contact sheet">
      <h2 className="morning-heading">Newest frame of each shot</h2>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the tiles in it are the buttons, it moves among them */}
      <div className="contact-scroller" data-scrolls ref={scroller} onKeyDown={onKeyDown}>
        <div className="contact-all" style={{ width: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return (
              row && (
                <Tile
                  key={row.id}
                  batchId={batchId}
                  row={row}
                  index={index}
                  left={start}
                  isStop={index === stop}
                  onFocus={() => setAt(index)}
                />
              )
            );
          })}
        </div>
      </div>
    </section>
  );
}

interface TileProps {
  readonly batchId: string;
  readonly row: JobRow;
  readonly index: number;
  readonly left: number;
  /** Where Tab goes to. */
  readonly isStop: boolean;
  readonly onFocus: () => void;
}

function Tile({ batchId, row, index, left, isStop, onFocus }: TileProps) {
  const { id, name, status, newest } = row;
  const words = STATUS_WORDS[status];
  return (
    <button
      type="button"
      className="contact-tile"
      style={{ transform: `translateX(${left}px)` }}
      data-index={index}
      tabIndex={isStop ? 0 : -1}
      aria-label={`${name}, ${words}, ${newest ? `frame ${newest.frame}` : 'no frame yet'}`}
      onFocus={onFocus}
      onClick={() => inspect(id, 'Frames')}
    >
      <Thumbnail batchId={batchId} jobId={id} size="large" frame={newest} alt="" />
      <span className="contact-name">
        {status !== 'completed' && <StatusIcon status={status} />}
        <Name>{name}</Name>
      </span>
    </button>
  );
}
