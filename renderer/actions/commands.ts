import { MENU_COMMANDS, type MenuCommand } from '../../shared/ipc.ts';
import type { BatchView } from '../../shared/view.ts';
import { useBatch } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { type Act, offeredActs } from '../text/acts.ts';
import { leftOutText } from '../text/left-out-text.ts';
import * as batch from './batch-actions.ts';
import {
  againable,
  askForFramesAgain,
  cancellable,
  isAnyPictured,
  isAnyRejected,
  keepOlder,
  leavable,
  leaveOut,
  openInBlender,
  prioritizeJobs,
  renderOlder,
  renderRejectedAgain,
  retryable,
  retryJobs,
  review,
  showFrames,
  withOlder,
} from './job-actions.ts';
import { openSettings } from './settings-actions.ts';
import { makeShots, splittable } from './setup-actions.ts';
import { askOfBatch, currentView, openDialog } from './ui-actions.ts';
import { checkForUpdates } from './update-actions.ts';

/** The table's search field, so that Ctrl+F finds it. */
export const SEARCH_ID = 'find-a-shot';

/** Does what a menu item or its shortcut says, if it makes sense now. */
export function runCommand(command: MenuCommand): void {
  if (possibleCommands().includes(command)) void COMMANDS[command].run(selectedIds());
}

/** What makes sense now. */
export function possibleCommands(): readonly MenuCommand[] {
  // A question that stands in front of the window is answered first.
  if (useUi.getState().dialog) return [];
  const view = currentView();
  const now = view && { view, acts: offeredActs(view), chosen: selectedIds() };
  return MENU_COMMANDS.filter((name) => {
    const { may } = COMMANDS[name];
    return may === undefined || (now !== null && may(now));
  });
}

function selectedIds(): readonly string[] {
  return [...useUi.getState().selection.ids];
}

interface Now {
  readonly view: BatchView;
  readonly acts: readonly Act[];
  /** Ids of the selected jobs. */
  readonly chosen: readonly string[];
}

interface Command {
  /** Whether it makes sense for the open batch; without it, it always does, also without a batch. */
  readonly may?: (now: Now) => boolean;
  readonly run: (chosen: readonly string[]) => unknown;
}

const isPaused = ({ phase }: BatchView) => phase === 'paused' || phase === 'pausing';
const mayRender = ({ acts }: Now) => acts.includes('render') || acts.includes('resume');
const mayReport = ({ acts }: Now) => acts.includes('export');
const mayPause = ({ acts, view }: Now) => acts.includes('pause') || isPaused(view);
const mayTest = ({ view }: Now) =>
  view.progress.totalJobs > 0 && useBatch.getState().mirror?.remembered !== true;
const isAnyLeft = ({ chosen }: Now) => cancellable(chosen).length > 0;

const COMMANDS: Readonly<Record<MenuCommand, Command>> = {
  'open-folder': { run: batch.chooseFolder },
  'open-samples': { run: batch.openSamples },
  'open-in-blender': {
    may: () => useUi.getState().selection.active !== null,
    run: () => openInBlender(useUi.getState().selection.active),
  },
  render: { may: mayRender, run: batch.render },
  'test-pass': { may: mayTest, run: () => openDialog({ kind: 'test-pass', only: null }) },
  pause: { may: mayPause, run: pauseOrGoOn },
  cancel: {
    may: ({ acts }) => acts.includes('cancel'),
    run: () => openDialog({ kind: 'cancel-batch' }),
  },
  retry: { may: ({ chosen }) => retryable(chosen).length > 0, run: retryJobs },
  'render-again': {
    may: ({ chosen, view }) => !view.elsewhere && againable(chosen).length > 0,
    run: (chosen) => askForFramesAgain(chosen),
  },
  'render-rejected': {
    may: ({ view }) => !view.elsewhere && isAnyRejected(),
    run: renderRejectedAgain,
  },
  'leave-out': { may: ({ chosen }) => leavable(chosen).length > 0, run: leaveOut },
  'left-out': {
    may: ({ view }) => leftOutText(view.leftOut) !== null,
    run: () => openDialog({ kind: 'left-out' }),
  },
  'split-scenes': {
    may: ({ chosen }) => splittable(chosen, 'scenes').length > 0,
    run: (chosen) => makeShots(chosen, 'scenes'),
  },
  'split-cameras': {
    may: ({ chosen }) => splittable(chosen, 'cameras').length > 0,
    run: (chosen) => makeShots(chosen, 'cameras'),
  },
  'keep-older': {
    may: ({ chosen, view }) => !view.elsewhere && withOlder(chosen).length > 0,
    run: keepOlder,
  },
  'render-older': {
    may: ({ chosen, view }) => !view.elsewhere && withOlder(chosen).length > 0,
    run: renderOlder,
  },
  'render-first': { may: isAnyLeft, run: (chosen) => prioritizeJobs(chosen, 'first') },
  'raise-priority': { may: isAnyLeft, run: (chosen) => prioritizeJobs(chosen, 'raise') },
  'lower-priority': { may: isAnyLeft, run: (chosen) => prioritizeJobs(chosen, 'lower') },
  review: { may: isAnyPictured, run: review },
  'show-frames': { may: isAnyPictured, run: showFrames },
  find: { may: () => true, run: () => document.getElementById(SEARCH_ID)?.focus() },
  'export-report': { may: mayReport, run: batch.exportReport },
  'copy-report': { may: mayReport, run: batch.copyReport },
  nights: { may: ({ view }) => view.phase !== 'unread', run: showNights },
  settings: { run: openSettings },
  shortcuts: { run: () => openDialog({ kind: 'shortcuts' }) },
  updates: { run: checkForUpdates },
};

function showNights(): void {
  const view = currentView();
  if (view) openDialog({ kind: 'nights', batchId: view.id, name: view.name, goneFrom: null });
}

async function pauseOrGoOn(): Promise<void> {
  const view = currentView();
  if (view && isPaused(view)) await batch.render();
  else await askOfBatch('batch:pause');
}
