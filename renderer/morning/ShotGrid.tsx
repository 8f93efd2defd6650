import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { commonBegin } from '../../shared/name-parts.ts';
import type { JobRow } from '../../shared/view.ts';
import { jobDetail, renderRejectedAgain, reviewKey } from '../actions/job-actions.ts';
import { selectAllOf } from '../actions/ui-actions.ts';
import { openFrame } from '../player/film.ts';
import { useUi } from '../store/ui-store.ts';
import { jobMenu } from '../table/job-menu.ts';
import { count } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { sheetTarget } from '../ui/grid-keys.ts';
import { RightClickMenu } from '../ui/Menu.tsx';
import { useWidth } from '../ui/use-width.ts';
import { type Look, ShotTile, type TileListener } from './ShotTile.tsx';
import './ShotGrid.css';

/** Pixels between the tiles, and under a picture. */
const GAP = 10;
const CAPTION = 26;
/** Of a tile. Wider than the widest shows no more, since its picture has no more. */
const NARROWEST = 200;
const WIDEST = 480;
/** So that a huge screen has larger pictures, and not hundreds of them. */
const MOST_COLUMNS = 8;
/** Pixels of heading and margins above and below the pictures. */
const AROUND = 62;
/** Before anything was measured. */
const USUAL_WIDTH = 900;

interface Place {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** How so many shots fill a place: as large as they all fit, else as small as may be. Height is that of a line, in pixels. */
export function gridShape(shots: number, { width, height }: Place) {
  const fitting = (least: number) => Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  const most = Math.min(MOST_COLUMNS, fitting(NARROWEST));
  const few = Math.min(most, Math.ceil((width + GAP) / (WIDEST + GAP)));
  const lineOf = (columns: number) =>
    Math.round((((width + GAP) / columns - GAP) * 9) / 16) + CAPTION;
  for (let columns = few; columns < most; columns += 1) {
    const lines = Math.ceil(shots / columns);
    if (lines * (lineOf(columns) + GAP) - GAP <= height) return { columns, line: lineOf(columns) };
  }
  return { columns: most, line: lineOf(most) };
}

interface ShotGridProps {
  readonly batchId: string;
  /** Those that have a picture. */
  readonly rows: readonly JobRow[];
  /** Pixels that are left of the page. */
  readonly room: number;
}

/**
 * A picture of each shot; together they fill the page. The pointer goes through the frames of a shot as it goes over it,
 * Space plays them, a click or Enter shows them in the whole window. One tab stop; arrows go on, and what plays goes on
 * with them. Only what is on screen exists.
 */
export function ShotGrid({ batchId, rows, room }: ShotGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const all = useRef<HTMLDivElement>(null);
  const hint = useId();
  const width = useWidth(all, USUAL_WIDTH);
  const { columns, line } = gridShape(rows.length, { width, height: room - AROUND });
  const [at, setAt] = useState(0);
  const [looked, setLooked] = useState<{ readonly id: string; readonly look: Look } | null>(null);
  const shown = useRef<{ readonly id: string; readonly frame: number } | null>(null);
  if (looked?.id !== shown.current?.id) shown.current = null;
  const moved = useRef(false);
  const stop = Math.min(at, rows.length - 1);
  const lineOfStop = Math.floor(stop / columns);
  const virtualizer = useVirtualizer({
    count: Math.ceil(rows.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => line,
    gap: GAP,
    overscan: 1,
    // The tab stop exists also where it has been scrolled away.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), lineOfStop])].filter(
        (index) => index < range.count,
      ),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: lines of another width are of another height
  useEffect(() => virtualizer.measure(), [line, virtualizer]);
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${at}"]`)?.focus();
  });
  const goTo = (index: number) => {
    virtualizer.scrollToIndex(Math.floor(index / columns));
    setAt(index);
  };
  useFollowing(rows, goTo);
  const common = useMemo(() => commonBegin(rows.map(({ name }) => name)), [rows]);
  const tell = useMemo<TileListener>(
    () => ({
      look: (id, look) =>
        setLooked((now) => (look !== null ? { id, look } : now?.id === id ? null : now)),
      focus: setAt,
      open: (id, frame) => {
        setLooked(null);
        openFrame(batchId, id, frame);
      },
      frame: (id, frame) => {
        shown.current = { id, frame };
      },
    }),
    [batchId],
  );
  const onKeyDown = (event: Pick<KeyboardEvent, Pressed>) => {
    // What is pointed at, or plays, is meant; else the one with the focus.
    const row = rows.find(({ id }) => id === looked?.id) ?? rows[stop];
    if (!row || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const plays = looked?.look === 'film';
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / (line + GAP)));
    const target = sheetTarget(event.key, stop, { count: rows.length, columns, page });
    const next = target === null ? undefined : rows[target];
    if (target !== null && next) {
      moved.current = true;
      setLooked(plays ? { id: next.id, look: 'film' } : null);
      selectAllOf([next.id]);
      goTo(target);
    } else if (event.key === ' ') {
      setLooked(plays && looked.id === row.id ? null : { id: row.id, look: 'film' });
    } else if (event.key === 'Escape' && plays) setLooked(null);
    else if (/^[ra]$/i.test(event.key)) {
      const seen = shown.current;
      void judge(row, seen?.id === row.id ? seen.frame : null, event.key);
    } else return;
    event.preventDefault();
  };
  useKeysOfPointer(scroller, looked !== null, onKeyDown);
  const onContextMenuCapture = (event: MouseEvent) => {
    const tile = (event.target as Element).closest<HTMLElement>('[data-job]');
    // Between the tiles there is nothing to do.
    if (tile?.dataset.job) selectAllOf([tile.dataset.job]);
    else event.stopPropagation();
  };
  return (
    <section className="shot-grid" aria-label="Contact sheet">
      <div className="shot-grid-head">
        <h2 className="morning-heading">Newest frame of each shot</h2>
        <Rejected rows={rows} />
        <p className="shot-grid-hint" id={hint}>
          Point at a shot to see its frames. Space plays them, Enter shows them large.
        </p>
      </div>
      <RightClickMenu
        label="Selected shots"
        entries={jobMenu}
        trigger={
          // biome-ignore lint/a11y/noStaticElementInteractions: the tiles in it are the buttons, it moves among them
          <div
            className="shot-grid-scroller"
            data-scrolls
            ref={scroller}
            style={{ maxHeight: Math.max(room - AROUND, 1.5 * line) + EDGES }}
            onKeyDown={onKeyDown}
            onContextMenuCapture={onContextMenuCapture}
          />
        }
      >
        <div className="shot-grid-all" ref={all} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => (
            <div
              key={index}
              className="shot-grid-line"
              style={{ '--columns': columns, transform: `translateY(${start}px)` } as CSSProperties}
            >
              {rows.slice(index * columns, (index + 1) * columns).map((row, column) => (
                <ShotTile
                  key={row.id}
                  batchId={batchId}
                  row={row}
                  index={index * columns + column}
                  isStop={index * columns + column === stop}
                  look={looked?.id === row.id ? looked.look : null}
                  common={common}
                  hint={hint}
                  tell={tell}
                />
              ))}
            </div>
          ))}
        </div>
      </RightClickMenu>
    </section>
  );
}

/** Pixels of the scroller above and below its pictures, where the focus is drawn. */
const EDGES = 6;

type Pressed = 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'preventDefault';

/**
 * While a picture is pointed at, or plays, R and A are about it wherever the focus is, but where somebody types; so is Space where
 * nothing has the focus, since it presses what has.
 */
function useKeysOfPointer(
  grid: RefObject<HTMLElement | null>,
  isLooked: boolean,
  onKey: (event: globalThis.KeyboardEvent) => void,
): void {
  const newest = useRef(onKey);
  useEffect(() => {
    newest.current = onKey;
  });
  useEffect(() => {
    if (!isLooked) return;
    const listener = (event: globalThis.KeyboardEvent) => {
      const target = event.target as Element;
      const hasIts = grid.current?.contains(target) || target.matches('input, select, textarea');
      const isOurs = /^[ra]$/i.test(event.key) || (event.key === ' ' && target === document.body);
      if (event.defaultPrevented || hasIts || !isOurs || useUi.getState().dialog) return;
      newest.current(event);
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [isLooked, grid]);
}

/** The tile goes along when the viewer in front of it goes on to another shot: there the focus comes back to. */
function useFollowing(rows: readonly JobRow[], goTo: (index: number) => void): void {
  const viewed = useUi(({ dialog }) => (dialog?.kind === 'preview' ? dialog.jobId : null));
  // biome-ignore lint/correctness/useExhaustiveDependencies: it goes there once, and not again with each change of a row
  useEffect(() => {
    const index = rows.findIndex(({ id }) => id === viewed);
    if (index >= 0) goTo(index);
  }, [viewed]);
}

/** Approves or rejects a frame of a shot. @param frame `null`: its newest */
async function judge(row: JobRow, frame: number | null, key: string): Promise<void> {
  const detail = await jobDetail(row.id);
  const number = frame ?? row.newest?.frame;
  const found = detail?.frames.filter((each) => each.frame === number) ?? [];
  reviewKey(row.id, found, key);
}

/** How many pictures the artist wants anew, and the act that makes them. */
function Rejected({ rows }: Pick<ShotGridProps, 'rows'>) {
  const rejected = rows.reduce((sum, row) => sum + row.rejected, 0);
  if (rejected === 0) return null;
  return (
    <>
      <span className="shot-grid-rejected">{count(rejected)} rejected</span>
      <Button small onClick={() => void renderRejectedAgain()}>
        Render rejected again
      </Button>
    </>
  );
}
