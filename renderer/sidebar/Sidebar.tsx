import { Plus, Settings, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { BatchSummary, BatchView } from '../../shared/view.ts';
import { chooseFolder, openBatch } from '../actions/batch-actions.ts';
import { openSettings } from '../actions/settings-actions.ts';
import { askOrNotify, openDialog } from '../actions/ui-actions.ts';
import { waitingText } from '../schedule/schedule-text.ts';
import { useBatch } from '../store/batch-store.ts';
import { useLibrary, useSchedule } from '../store/library-store.ts';
import { GROUPS, type Group, groupOf } from '../text/batch-text.ts';
import { Hint } from '../ui/Hint.tsx';
import { type MenuEntry, RightClickMenu } from '../ui/Menu.tsx';
import { Moon } from '../ui/Moon.tsx';
import { Ring } from '../ui/Ring.tsx';
import './Sidebar.css';
import { assertNever } from '../../shared/assert-never.ts';
import { finishAt } from '../../shared/duration-text.ts';
import { partialText } from '../../shared/incident-text.ts';
import { isolated } from '../../shared/safe-text.ts';
import {
  clock,
  clockWithDay,
  count,
  counted,
  dayOrClock,
  percent,
  roughDuration,
} from '../text/format.ts';
import { Name } from '../ui/Name.tsx';
import { UpdateRow } from '../updates/UpdateRow.tsx';

/** All batches, newest first. History stays. */
export const Sidebar = memo(function Sidebar() {
  const listed = useLibrary((state) => state.batches);
  const shown = useBatch(
    useShallow(({ mirror }) => ({ id: mirror?.view.id, phase: mirror?.view.phase })),
  );
  // The list comes a little later.
  const batches = listed.map((batch) =>
    batch.id === shown.id && shown.phase ? { ...batch, phase: shown.phase } : batch,
  );
  return (
    <nav className="sidebar" aria-label="Batches">
      <div className="brand">
        <Moon size={18} />
        <span className="sidebar-word">Nightshift</span>
      </div>
      <button type="button" className="add-folder" onClick={() => void chooseFolder()}>
        <Plus size={13} aria-hidden="true" />
        <span className="sidebar-word">Add shot folder…</span>
      </button>
      <div className="batches">
        {grouped(batches).map(({ group, batches: members }) => (
          <section key={group} aria-label={group}>
            <h2 className="group-name sidebar-word">{group}</h2>
            <ul>
              {members.map((batch) => (
                <RightClickMenu
                  key={batch.id}
                  label={batch.name}
                  entries={() => batchMenu(batch)}
                  trigger={<li />}
                >
                  <BatchEntry batch={batch} />
                </RightClickMenu>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <UpdateRow />
      <button type="button" className="sidebar-settings" onClick={() => void openSettings()}>
        <Settings size={15} aria-hidden="true" />
        <span className="sidebar-word">Settings</span>
      </button>
    </nav>
  );
});

function batchMenu(batch: BatchSummary): readonly MenuEntry[] {
  const { id, folder, problem } = batch;
  return [
    {
      label: 'Open',
      keys: 'Enter',
      disabled: problem !== null,
      onSelect: () => void openBatch(id),
    },
    {
      label: 'Show folder',
      disabled: folder === '' || problem !== null,
      onSelect: () => void askOrNotify('batch:reveal', { batchId: id }),
    },
    'line',
    {
      label: 'Remove from history…',
      keys: 'Delete',
      disabled: !isRemovable(batch),
      onSelect: () => askToForget(batch),
    },
  ];
}

/** Whether a batch may leave the history: not while it renders. */
function isRemovable({ phase }: Pick<BatchSummary, 'phase'>): boolean {
  return groupOf(phase) !== 'Rendering';
}

/** Asks first: what is forgotten would have to be rendered again. */
function askToForget(batch: Pick<BatchSummary, 'id' | 'name' | 'phase'>): void {
  if (isRemovable(batch)) openDialog({ kind: 'forget-batch', batchId: batch.id, name: batch.name });
}

function BatchEntry({ batch: listed }: { readonly batch: BatchSummary }) {
  const view = useBatch(({ mirror }) => (mirror?.view.id === listed.id ? mirror.view : null));
  const batch = view ? { ...listed, ...shownOf(view) } : listed;
  const schedule = useSchedule(batch.id);
  const now = Date.now();
  const remaining = view?.progress.remainingSeconds ?? null;
  const state = waitingText(schedule, now) ?? summaryText(batch, remaining, now);
  return (
    <Hint text={batch.problem ?? `${isolated(batch.name)}\n${state}\n${batch.folder}`}>
      <button
        type="button"
        className="batch-entry"
        aria-current={view ? 'page' : undefined}
        onClick={() => void openBatch(batch.id)}
        onKeyDown={(event) => event.key === 'Delete' && askToForget(batch)}
      >
        {batch.problem === null ? (
          <Ring
            share={batch.framesTotal > 0 ? batch.framesDone / batch.framesTotal : 0}
            tone={tone(batch)}
          />
        ) : (
          <TriangleAlert
            size={20}
            strokeWidth={1.75}
            className="batch-problem"
            aria-hidden="true"
          />
        )}
        <span className="batch-words sidebar-word">
          <Name className="batch-name">{batch.name}</Name>
          <span className="batch-state cut">{state}</span>
        </span>
      </button>
    </Hint>
  );
}

/** The list knows the frames of opened shots only. */
function shownOf({ progress: { frames } }: BatchView) {
  return { framesDone: frames.done, framesTotal: frames.total };
}

function tone(batch: BatchSummary): 'accent' | 'running' | 'done' | 'failed' | 'quiet' {
  if (batch.phase === 'failed') return 'failed';
  if (batch.phase === 'cancelled') return 'quiet';
  if (batch.phase === 'partial') return 'done';
  const tones = {
    Rendering: 'accent',
    Interrupted: 'running',
    Ready: 'quiet',
    Done: 'done',
  } as const;
  return tones[groupOf(batch.phase)];
}

/** Batches under their headings, newest first, empty headings left out. */
export function grouped(
  batches: readonly BatchSummary[],
): readonly { readonly group: Group; readonly batches: readonly BatchSummary[] }[] {
  return GROUPS.map((group) => ({
    group,
    batches: batches
      .filter((batch) => groupOf(batch.phase) === group)
      .sort(
        (a, b) => (b.lastAt ?? Number.MAX_SAFE_INTEGER) - (a.lastAt ?? Number.MAX_SAFE_INTEGER),
      ),
  })).filter((each) => each.batches.length > 0);
}

/** The second line of a batch in the sidebar. */
export function summaryText(batch: BatchSummary, remaining: number | null, now: number): string {
  const share = percent(batch.framesDone, batch.framesTotal);
  const when = batch.lastAt === null ? null : dayOrClock(batch.lastAt, now);
  if (batch.problem !== null) return batch.problem;
  switch (batch.phase) {
    case 'unread': {
      const frames =
        batch.framesTotal > 0 ? counted(batch.framesTotal, 'frame') : 'Not rendered yet';
      return remaining ? `${frames} · about ${roughDuration(remaining)}` : frames;
    }
    case 'running':
      return remaining === null
        ? share
        : `${share} · done about ${clock(finishAt(now, remaining))}`;
    case 'pausing':
      return `${share} · pausing`;
    case 'paused':
      return `${share} · paused`;
    case 'interrupted':
      return when === null
        ? share
        : `stopped at ${clockWithDay(batch.lastAt ?? now, now)} · ${share}`;
    case 'cancelled':
      return joined(when, `cancelled at ${share}`);
    case 'partial':
      return partialText(batch.jobs, 'narrow');
    case 'completed':
      return joined(when, counted(batch.framesDone, 'frame'));
    case 'failed':
      return joined(
        when,
        `${counted(batch.framesDone, 'frame')}, ${count(batch.jobs.failed)} failed`,
      );
    default:
      return assertNever(batch.phase);
  }
}

function joined(when: string | null, text: string): string {
  return when === null ? text : `${when} · ${text}`;
}
