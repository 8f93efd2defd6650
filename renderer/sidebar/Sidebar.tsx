import { ArrowDownToLine, Plus, Settings } from 'lucide-react';
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { titleOf } from '../../shared/test-pass.ts';
import type { Tonight } from '../../shared/tonight.ts';
import type { BatchSummary } from '../../shared/view.ts';
import { chooseFolder, locate, openBatch } from '../actions/batch-actions.ts';
import { openSettings } from '../actions/settings-actions.ts';
import { addToTonight } from '../actions/tonight-actions.ts';
import { askOrNotify, openDialog } from '../actions/ui-actions.ts';
import { showUpdates } from '../actions/update-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { GROUPS, type Group, groupOf, isAtWork } from '../text/batch-text.ts';
import { updateLine } from '../text/update-text.ts';
import { type MenuEntry, RightClickMenu } from '../ui/Menu.tsx';
import { Moon } from '../ui/Moon.tsx';
import { BatchEntry } from './BatchEntry.tsx';
import './Sidebar.css';
import { TonightList } from './Tonight.tsx';

/** Tonight in its order, then all other batches, newest first. History stays. */
export const Sidebar = memo(function Sidebar() {
  const listed = useLibrary((state) => state.batches);
  const tonight = useLibrary((state) => state.tonight);
  const shown = useBatch(
    useShallow(({ mirror }) => ({ id: mirror?.view.id, phase: mirror?.view.phase })),
  );
  // The list comes a little later.
  const batches = listed.map((batch) =>
    batch.id === shown.id && shown.phase ? { ...batch, phase: shown.phase } : batch,
  );
  const summaries = new Map(batches.map((batch) => [batch.id, batch]));
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
        {grouped(batches, tonight).map(({ group, batches: members }) =>
          group === 'Tonight' ? (
            <TonightList key={group} beside={members} summaries={summaries} entryOf={entryOf} />
          ) : (
            <section key={group} aria-label={group}>
              <h2 className="group-name sidebar-word">{group}</h2>
              <ul>{members.map(entryOf)}</ul>
            </section>
          ),
        )}
      </div>
      <UpdateRow />
      <button type="button" className="sidebar-settings" onClick={() => void openSettings()}>
        <Settings size={15} aria-hidden="true" />
        <span className="sidebar-word">Settings</span>
      </button>
    </nav>
  );
});

function entryOf(batch: BatchSummary) {
  return (
    <RightClickMenu
      key={batch.id}
      label={batch.name}
      entries={() => batchMenu(batch)}
      trigger={<li />}
    >
      <BatchEntry
        batch={batch}
        onOpen={() => (batch.isGone ? showNights(batch) : void openBatch(batch.id))}
        onKeyDown={(event) => event.key === 'Delete' && askToForget(batch)}
      />
    </RightClickMenu>
  );
}

function batchMenu(batch: BatchSummary): readonly MenuEntry[] {
  const { id, folder, problem, phase } = batch;
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
    {
      label: 'Add to tonight',
      disabled: problem !== null || phase === 'completed' || isAtWork(batch),
      onSelect: () => void addToTonight(id),
    },
    'line',
    {
      label: 'Nights…',
      disabled: phase === 'unread',
      onSelect: () => showNights(batch),
    },
    ...(batch.isGone ? [{ label: 'Locate…', onSelect: () => void locate(id) }] : []),
    {
      label: 'Remove from history…',
      keys: 'Delete',
      disabled: isAtWork(batch),
      onSelect: () => askToForget(batch),
    },
  ];
}

function showNights({ id: batchId, name, folder, isGone }: BatchSummary): void {
  openDialog({ kind: 'nights', batchId, name, goneFrom: isGone ? folder : null });
}

/** Asks first: what is forgotten would have to be rendered again. */
function askToForget(batch: Pick<BatchSummary, 'id' | 'name' | 'test' | 'phase'>): void {
  if (!isAtWork(batch))
    openDialog({ kind: 'forget-batch', batchId: batch.id, name: titleOf(batch.name, batch.test) });
}

/** Batches under their headings, newest first, empty headings left out. Those of tonight's queue are not among them. */
export function grouped(
  batches: readonly BatchSummary[],
  tonight: Pick<Tonight, 'batches'>,
): readonly { readonly group: Group; readonly batches: readonly BatchSummary[] }[] {
  const queued = new Set(tonight.batches.map(({ id }) => id));
  return GROUPS.map((group) => ({
    group,
    batches: batches
      .filter(({ id, phase }) => !queued.has(id) && groupOf(phase) === group)
      .sort(
        (a, b) => (b.lastAt ?? Number.MAX_SAFE_INTEGER) - (a.lastAt ?? Number.MAX_SAFE_INTEGER),
      ),
  })).filter((each) => each.batches.length > 0 || (each.group === 'Tonight' && queued.size > 0));
}

/** A newer version is there: one quiet line under the batches, and nothing where there is none. */
function UpdateRow() {
  const line = useLibrary(({ updates }) => updates && updateLine(updates.state));
  if (!line) return null;
  return (
    <button type="button" className="sidebar-settings" onClick={showUpdates}>
      <ArrowDownToLine size={15} aria-hidden="true" />
      <span className="sidebar-word cut" title={line}>
        {line}
      </span>
    </button>
  );
}
