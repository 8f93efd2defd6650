import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { LogLine } from '../../shared/events.ts';
import { followLog } from '../actions/job-actions.ts';
import { useBatch, useDetail } from '../store/batch-store.ts';
import { count, counted } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import './LogTab.css';

const LINE = 19;
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** What Blender says about the shot, live. Stays at the end unless one scrolls up. */
export function LogTab({ jobId }: { readonly jobId: string }) {
  const log = useDetail((state) => state.log);
  const [search, setSearch] = useState('');
  const shown = useBatch((state) => state.shown);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a batch opened anew follows no log yet
  useEffect(() => {
    void followLog(jobId);
    return () => void followLog(null);
  }, [jobId, shown]);
  const lines = useMemo(() => foundLines(log, search), [log, search]);
  const errors = useMemo(() => log.filter((line) => line.level === 'error').length, [log]);
  return (
    <>
      <div className="log-tools">
        <input
          type="search"
          className="search"
          aria-label="Find in the log"
          placeholder="Find in the log"
          spellCheck={false}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <span className="log-count aside">
          {search === ''
            ? counted(errors, 'error')
            : `${count(lines.length)} of ${count(log.length)}`}
        </span>
      </div>
      <Lines lines={lines} />
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly LogLine[] }) {
  const scroller = useRef<HTMLElement>(null);
  const [following, setFollowing] = useState(true);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 12,
  });
  const toEnd = useRef(() => {});
  toEnd.current = () => virtualizer.scrollToIndex(lines.length - 1, { align: 'end' });
  useEffect(() => {
    if (following && lines.length > 0) toEnd.current();
  }, [following, lines]);
  return (
    <>
      <section
        className="log selectable"
        ref={scroller}
        aria-label="Log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: at }) =>
          setFollowing(at.scrollTop + at.clientHeight >= at.scrollHeight - LINE)
        }
      >
        {lines.length === 0 && <p className="inspector-empty">Nothing has been said yet.</p>}
        <div className="log-all" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            return line && <Line key={index} line={line} top={start} />;
          })}
        </div>
      </section>
      {!following && (
        <Button small className="to-end" onClick={() => setFollowing(true)}>
          Follow the newest line
        </Button>
      )}
    </>
  );
}

function Line({ line, top }: { readonly line: LogLine; readonly top: number }) {
  return (
    <div className={`log-line ${line.level}`} style={{ transform: `translateY(${top}px)` }}>
      <time>{TIME.format(line.at)}</time>
      {lineText(line)}
    </div>
  );
}

/** The lines that hold every word of the search; all of them for an empty one. */
export function foundLines(log: readonly LogLine[], search: string): readonly LogLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return log;
  return log.filter((line) => {
    const text = `${line.level} ${line.text}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The line with its level in words, so that colour is not the only sign; Blender often says it itself. */
export function lineText({ level, text }: LogLine): string {
  if (level === 'info' || text.toLowerCase().includes(level)) return text;
  return `${level === 'error' ? 'Error' : 'Warning'}: ${text}`;
}
