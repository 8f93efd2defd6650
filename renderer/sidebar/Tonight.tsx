import { Ellipsis } from 'lucide-react';
import { Fragment, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Tonight, TonightBatch } from '../../shared/tonight.ts';
import type { BatchSummary } from '../../shared/view.ts';
import { openBatch } from '../actions/batch-actions.ts';
import {
  addToTonight,
  moveInTonight,
  removeFromTonight,
  startNight,
  waitingTonight,
} from '../actions/tonight-actions.ts';
import { askOrNotify, openDialog } from '../actions/ui-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { clock } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { ButtonMenu, type MenuEntry, RightClickMenu } from '../ui/Menu.tsx';
import { useNow } from '../ui/use-now.ts';
import { BatchEntry } from './BatchEntry.tsx';
import { dragBatch, takeBatches } from './tonight-drag.ts';
import { nightEndText, turnState } from './tonight-text.ts';
import './Tonight.css';

interface TonightListProps {
  /** Those that render and are no part of the night, such as in a command line. */
  readonly beside: readonly BatchSummary[];
  readonly summaries: ReadonlyMap<string, BatchSummary>;
  readonly entryOf: (batch: BatchSummary) => React.ReactNode;
}

/** The batches of tonight in their order, when each is done, and where the morning falls. */
export function TonightList({ beside, summaries, entryOf }: TonightListProps) {
  const tonight = useLibrary((state) => state.tonight);
  const list = useRef<HTMLUListElement>(null);
  const [over, setOver] = useState<number | null>(null);
  useEffect(() => (list.current ? takeBatches(list.current, setOver) : undefined), []);
  const waiting = tonight.batches.filter(({ state }) => state !== 'running');
  const summaryOf = (line: TonightBatch) => summaries.get(line.id) ?? unopened(line);
  return (
    <section aria-label="Tonight">
      <NightHead tonight={tonight} />
      <ul ref={list}>
        {beside.map(entryOf)}
        {tonight.batches.map((line) => (
          <Fragment key={line.id}>
            {tonight.morning?.before === line.id && <MorningLine at={tonight.morning.at} />}
            <TonightEntry
              line={line}
              batch={summaryOf(line)}
              tonight={tonight}
              isOver={over !== null && waiting[over]?.id === line.id}
            />
          </Fragment>
        ))}
        {over !== null && over >= waiting.length && <li className="drop-end" aria-hidden="true" />}
      </ul>
      <StartNight tonight={tonight} summaries={summaries} />
    </section>
  );
}

function NightHead({ tonight }: { readonly tonight: Tonight }) {
  const now = useNow(true);
  const isOn = tonight.isOn || tonight.batches.some(({ state }) => state === 'running');
  const entries = (): readonly MenuEntry[] => [
    {
      label: 'Start the night',
      disabled: isOn || waitingTonight().length === 0,
      onSelect: () => void startNight(),
    },
    {
      label: 'Stop the night…',
      disabled: !isOn || tonight.drivenBy !== null,
      onSelect: () => openDialog({ kind: 'stop-night' }),
    },
  ];
  return (
    <div className="night-head">
      <h2 className="group-name sidebar-word">Tonight</h2>
      <span className="night-end sidebar-word">{nightEndText(tonight, now)}</span>
      {tonight.batches.length > 0 && (
        <ButtonMenu
          label="Tonight"
          entries={entries}
          button={
            <button type="button" className="icon-button night-menu" aria-label="Tonight…">
              <Ellipsis size={15} aria-hidden="true" />
            </button>
          }
        />
      )}
    </div>
  );
}

/** What stands below it is done later. */
function MorningLine({ at }: { readonly at: number }) {
  return (
    <li className="morning-line" title={`What follows is done after ${clock(at)}`}>
      <span className="sidebar-word">{clock(at)}</span>
    </li>
  );
}

interface TonightEntryProps {
  readonly line: TonightBatch;
  readonly batch: BatchSummary;
  readonly tonight: Tonight;
  /** A batch that is dragged would go before it. */
  readonly isOver: boolean;
}

function TonightEntry({ line, batch, tonight, isOver }: TonightEntryProps) {
  const { id, name, state } = line;
  const element = useRef<HTMLLIElement>(null);
  const isWaiting = state !== 'running';
  useEffect(
    () => (element.current && isWaiting ? dragBatch(element.current, id, name) : undefined),
    [id, name, isWaiting],
  );
  const keyed = (event: KeyboardEvent<HTMLButtonElement>) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
    if (event.key === 'Delete' && isWaiting) void removeFromTonight(id);
    if (!event.altKey || by === null || !isWaiting) return;
    event.preventDefault();
    const entry = event.currentTarget;
    // Whoever moves it goes with it.
    void moveInTonight(id, by).then(() => requestAnimationFrame(() => entry.focus()));
  };
  return (
    <RightClickMenu
      label={name}
      entries={() => tonightMenu(line, batch)}
      trigger={
        <li
          ref={element}
          data-tonight={isWaiting ? id : undefined}
          data-over={isOver || undefined}
        />
      }
    >
      <BatchEntry
        batch={{ ...batch, problem: line.problem ?? batch.problem }}
        state={turnState(line, tonight, batch, Date.now())}
        onOpen={() => void openBatch(id)}
        onKeyDown={keyed}
        {...(isWaiting && { keys: 'Alt+ArrowUp Alt+ArrowDown Delete' })}
      />
    </RightClickMenu>
  );
}

function tonightMenu({ id, state }: TonightBatch, { folder }: BatchSummary): readonly MenuEntry[] {
  const order = waitingTonight();
  const at = order.indexOf(id);
  const isWaiting = state !== 'running';
  return [
    { label: 'Open', keys: 'Enter', onSelect: () => void openBatch(id) },
    {
      label: 'Show folder',
      disabled: folder === '' || state === 'passed-over',
      onSelect: () => void askOrNotify('batch:reveal', { batchId: id }),
    },
    'line',
    ...(state === 'passed-over'
      ? [{ label: 'Try again', onSelect: () => void addToTonight(id) }]
      : []),
    {
      label: 'Move up',
      keys: 'Alt+↑',
      disabled: !isWaiting || at <= 0,
      onSelect: () => void moveInTonight(id, -1),
    },
    {
      label: 'Move down',
      keys: 'Alt+↓',
      disabled: !isWaiting || at === order.length - 1,
      onSelect: () => void moveInTonight(id, 1),
    },
    'line',
    {
      label: 'Remove from tonight',
      keys: 'Delete',
      disabled: !isWaiting,
      onSelect: () => void removeFromTonight(id),
    },
  ];
}

/** Where batches wait and nobody has said that they may begin. */
function StartNight({
  tonight,
  summaries,
}: {
  readonly tonight: Tonight;
  readonly summaries: ReadonlyMap<string, BatchSummary>;
}) {
  const { batches, isOn, startAt, drivenBy } = tonight;
  const first = batches.find(({ state }) => state === 'waiting');
  const isAtRest = !isOn && startAt === null && !batches.some(({ state }) => state === 'running');
  if (!first || !isAtRest || drivenBy !== null) return null;
  const phase = summaries.get(first.id)?.phase;
  const wasBegun = phase === 'interrupted' || phase === 'cancelled';
  return (
    <Button className="start-night small sidebar-word" onClick={() => void startNight()}>
      {wasBegun ? 'Resume the night' : 'Start the night'}
    </Button>
  );
}

/** Nobody has read its folder yet, or it can't be read. */
function unopened({ id, folder, name, test }: TonightBatch): BatchSummary {
  const jobs = { waiting: 0, running: 0, completed: 0, failed: 0, cancelled: 0, skipped: 0 };
  const nothing = { framesDone: 0, framesTotal: 0, jobs, lastAt: null, problem: null };
  return { id, folder, name, ...(test && { test }), phase: 'unread', ...nothing };
}
