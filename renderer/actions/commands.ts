import { assertNever } from '../../shared/assert-never.ts';
import { MENU_COMMANDS, type MenuCommand } from '../../shared/ipc.ts';
import type { BatchView } from '../../shared/view.ts';
import { useUi } from '../store/ui-store.ts';
import { offeredActs } from '../text/acts.ts';
import * as batch from './batch-actions.ts';
import { cancellable, prioritizeJobs, retryable, retryJobs } from './job-actions.ts';
import { openSettings } from './settings-actions.ts';
import { openDialog } from './ui-actions.ts';

/** The table's search field, so that Ctrl+F finds it. */
export const SEARCH_ID = 'find-a-shot';

const ALWAYS = ['open-folder', 'open-samples', 'settings', 'shortcuts'] as const;

/** Does what a menu item or its shortcut says, if it makes sense now. */
export function runCommand(command: MenuCommand): void {
  if (possibleCommands().includes(command)) void run(command);
}

/** What makes sense now. */
export function possibleCommands(): readonly MenuCommand[] {
  const { dialog, selection } = useUi.getState();
  // A question that stands in front of the window is answered first.
  if (dialog) return [];
  const view = batch.currentView();
  if (!view) return ALWAYS;
  const acts = offeredActs(view);
  const chosen = [...selection.ids];
  const waits = cancellable(chosen).length > 0;
  const may: Partial<Record<MenuCommand, boolean>> = {
    render: acts.includes('render') || acts.includes('resume'),
    pause: acts.includes('pause') || isPaused(view),
    cancel: acts.includes('cancel'),
    retry: retryable(chosen).length > 0,
    ...{ 'render-first': waits, 'raise-priority': waits, 'lower-priority': waits },
    find: true,
    ...{ 'export-report': acts.includes('export'), 'copy-report': acts.includes('export') },
  };
  return [...ALWAYS, ...MENU_COMMANDS.filter((command) => may[command])];
}

function isPaused({ phase }: BatchView): boolean {
  return phase === 'paused' || phase === 'pausing';
}

async function run(command: MenuCommand): Promise<void> {
  const view = batch.currentView();
  switch (command) {
    case 'open-folder':
      return batch.chooseFolder();
    case 'open-samples':
      return batch.openSamples();
    case 'render':
      return batch.render();
    case 'pause':
      return view && isPaused(view) ? batch.render() : batch.pause();
    case 'cancel':
      return openDialog({ kind: 'cancel-batch' });
    case 'retry':
      return retryJobs([...useUi.getState().selection.ids]);
    case 'render-first':
      return prioritizeJobs([...useUi.getState().selection.ids], 'first');
    case 'raise-priority':
      return prioritizeJobs([...useUi.getState().selection.ids], 'raise');
    case 'lower-priority':
      return prioritizeJobs([...useUi.getState().selection.ids], 'lower');
    case 'find':
      document.getElementById(SEARCH_ID)?.focus();
      return;
    case 'export-report':
      return batch.exportReport();
    case 'copy-report':
      return batch.copyReport();
    case 'settings':
      return openSettings();
    case 'shortcuts':
      return openDialog({ kind: 'shortcuts' });
    default:
      return assertNever(command);
  }
}
