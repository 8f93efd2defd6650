import { Plus, Settings, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { BatchSummary, BatchView } from '../../shared/view.ts';
import { chooseFolder, openBatch } from '../actions/batch-actions.ts';
import { openSettings } from '../actions/settings-actions.ts';
import { useSchedule } from '../schedule/schedule-store.ts';
import { waitingText } from '../schedule/schedule-text.ts';
import { useBatch } from '../store/batch-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { grouped, groupOf, summaryText } from '../text/batch-text.ts';
import { Hint } from '../ui/Hint.tsx';
import { type MenuEntry, RightClickMenu } from '../ui/Menu.tsx';
import { Moon } from '../ui/Moon.tsx';
import { Ring } from '../ui/Ring.tsx';
import { askToForget, isRemovable, revealBatch } from './history-actions.ts';
import './Sidebar.css';
import { isolated } from '../../shared/safe-text.ts';
import { Name } from '../ui/Name.tsx';

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
      onSelect: () => void revealBatch(id),
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
