import { SPLITS } from '../../shared/more-shots.ts';
import { sequenceOf } from '../../shared/name-parts.ts';
import { isolated } from '../../shared/safe-text.ts';
import { render } from '../actions/batch-actions.ts';
import {
  againable,
  askForFramesAgain,
  cancelJobs,
  cancellable,
  copyCommands,
  isAnyRejected,
  keepOlder,
  leavable,
  leaveOut,
  openInBlender,
  prioritizeJobs,
  renderable,
  renderJobs,
  renderOlder,
  renderRejectedAgain,
  retryable,
  retryJobs,
  revealJobs,
  withOlder,
} from '../actions/job-actions.ts';
import { makeShots, splittable } from '../actions/setup-actions.ts';
import { shortcutText } from '../actions/shortcuts.ts';
import { askOfBatch, openDialog, openInspector, selectAllOf } from '../actions/ui-actions.ts';
import { previewNewest } from '../player/film.ts';
import { useBatch } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { offeredActs } from '../text/acts.ts';
import { count, counted } from '../text/format.ts';
import { SPLIT_WORDS } from '../text/more-shots-text.ts';
import type { MenuAct, MenuEntry } from '../ui/Menu.tsx';
import { moveSelected } from './row-order.ts';

/** What can be done with the selected shots; of several it says how many it would be done with. */
export function jobMenu(): readonly MenuEntry[] {
  const { ids, active } = useUi.getState().selection;
  const chosen = [...ids];
  const none = active === null;
  return [
    { label: 'Preview', keys: 'Space', disabled: none, onSelect: previewNewest },
    { label: 'Inspect', keys: 'Enter', disabled: none, onSelect: () => openInspector() },
    { label: 'Show log', disabled: none, onSelect: () => openInspector('Log') },
    {
      label: chosen.length > 1 ? `Set-up of ${count(chosen.length)} shots` : 'Set-up',
      disabled: none,
      onSelect: () => openInspector('Set-up'),
    },
    ...sequenceEntry(active),
    'line',
    renderEntry(chosen),
    {
      label: chosen.length > 1 ? `Test pass of ${count(chosen.length)} shots…` : 'Test pass…',
      disabled: chosen.length === 0,
      onSelect: () => openDialog({ kind: 'test-pass', only: chosen }),
    },
    {
      label: words('Retry', chosen, retryable(chosen)),
      keys: shortcutText('Shift+R'),
      disabled: retryable(chosen).length === 0,
      onSelect: () => void retryJobs(chosen),
    },
    {
      label: `${words('Render', chosen, againable(chosen), 'again')}…`,
      disabled: againable(chosen).length === 0,
      onSelect: () => askForFramesAgain(chosen),
    },
    {
      label: 'Render rejected again',
      disabled: !isAnyRejected(),
      onSelect: () => void renderRejectedAgain(),
    },
    ...olderEntries(chosen),
    {
      label: words('Cancel', chosen, cancellable(chosen)),
      keys: 'Delete',
      disabled: cancellable(chosen).length === 0,
      onSelect: () => void cancelJobs(chosen),
    },
    {
      label: chosen.length > 1 ? `Leave out ${count(chosen.length)} shots` : 'Leave out',
      keys: shortcutText('L'),
      disabled: leavable(chosen).length === 0,
      onSelect: () => void leaveOut(chosen),
    },
    ...splitEntries(chosen),
    'line',
    ...turnEntries(chosen),
    'line',
    {
      label: chosen.length > 1 ? `Blender of ${count(chosen.length)} shots…` : 'Blender…',
      disabled: chosen.length === 0,
      onSelect: () => openDialog({ kind: 'blender', jobIds: chosen }),
    },
    {
      label: 'Open in Blender',
      keys: shortcutText('B'),
      disabled: none,
      onSelect: () => void openInBlender(active),
    },
    {
      label: 'Show in folder',
      disabled: chosen.length === 0,
      onSelect: () => void revealJobs(chosen),
    },
    {
      label: chosen.length > 1 ? 'Copy commands' : 'Copy command',
      disabled: chosen.length === 0,
      onSelect: () => void copyCommands(chosen),
    },
  ];
}

/** All shots of the sequence that the active one is of, where its name tells of one. */
function sequenceEntry(active: string | null): readonly MenuAct[] {
  const rows = useBatch.getState().mirror?.rows;
  const sequence = sequenceOf((active !== null && rows?.get(active)?.name) || '');
  if (!rows || sequence === null) return [];
  const own = [...rows.values()].filter(({ name }) => sequenceOf(name) === sequence);
  const label = `Select all of ${isolated(sequence)}`;
  return [{ label, onSelect: () => selectAllOf(own.map(({ id }) => id)) }];
}

/** Where frames are older than the files of their shot: what becomes of them. */
function olderEntries(chosen: readonly string[]): readonly MenuAct[] {
  const rows = useBatch.getState().mirror?.rows;
  const ids = withOlder(chosen);
  if (ids.length === 0) return [];
  const frames = ids.reduce((sum, id) => sum + (rows?.get(id)?.older?.frames ?? 0), 0);
  const what = counted(frames, 'older frame');
  return [
    { label: `Keep ${what}`, onSelect: () => void keepOlder(ids) },
    { label: `Render ${what} again`, onSelect: () => void renderOlder(ids) },
  ];
}

/** Where the files of shots hold more than these: shots of it. */
function splitEntries(chosen: readonly string[]): readonly MenuAct[] {
  return SPLITS.flatMap((by) => {
    const ids = splittable(chosen, by);
    const keys = shortcutText(by === 'scenes' ? 'D' : 'Shift+D');
    const onSelect = () => void makeShots(ids, by);
    return ids.length > 0 ? [{ label: SPLIT_WORDS[by], keys, onSelect }] : [];
  });
}

/** At rest: only these shots. While the batch renders: the pause, which is of all of them. */
function renderEntry(chosen: readonly string[]): MenuAct {
  const view = useBatch.getState().mirror?.view;
  const acts = view ? offeredActs(view) : [];
  const keys = shortcutText('P');
  const pause = () => void askOfBatch('batch:pause');
  if (acts.includes('pause')) return { label: 'Pause batch', keys, onSelect: pause };
  const paused = view?.phase === 'paused' || view?.phase === 'pausing';
  if (paused) return { label: 'Go on with batch', keys, onSelect: () => void render() };
  const left = renderable(chosen);
  return {
    label: chosen.length > 1 ? words('Render only', chosen, left) : 'Render only this shot',
    disabled: left.length === 0,
    onSelect: () => void renderJobs(chosen),
  };
}

function turnEntries(chosen: readonly string[]): readonly MenuAct[] {
  const left = cancellable(chosen);
  const disabled = left.length === 0;
  const still = renderable(chosen).length === 0;
  return [
    {
      label: words('Render', chosen, left, 'first'),
      keys: shortcutText('Shift+F'),
      disabled,
      onSelect: () => void prioritizeJobs(chosen, 'first'),
    },
    {
      label: 'Move up',
      keys: 'Alt+↑',
      disabled: still,
      onSelect: () => void moveSelected('up'),
    },
    {
      label: 'Move down',
      keys: 'Alt+↓',
      disabled: still,
      onSelect: () => void moveSelected('down'),
    },
    { label: 'Raise priority', disabled, onSelect: () => void prioritizeJobs(chosen, 'raise') },
    { label: 'Lower priority', disabled, onSelect: () => void prioritizeJobs(chosen, 'lower') },
  ];
}

/** `Retry`; where several are selected `Retry 3 shots`, or `Retry 2 of 3 shots`. */
function words(
  act: string,
  chosen: readonly string[],
  fitting: readonly string[],
  after = '',
): string {
  if (chosen.length < 2) return [act, after].filter(Boolean).join(' ');
  const some = fitting.length > 0 && fitting.length < chosen.length;
  const number = some
    ? `${count(fitting.length)} of ${count(chosen.length)}`
    : count(chosen.length);
  return [act, number, 'shots', after].filter(Boolean).join(' ');
}
