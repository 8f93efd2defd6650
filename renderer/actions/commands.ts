import { assertNever } from '../../shared/assert-never.ts';
import type { MenuCommand } from '../../shared/ipc.ts';
import { useUi } from '../store/ui-store.ts';
import { offeredActs } from '../text/acts.ts';
import * as batch from './batch-actions.ts';
import { prioritizeJobs, retryJobs } from './job-actions.ts';
import { openSettings } from './settings-actions.ts';
import { openDialog } from './ui-actions.ts';

/** The table's search field, so that Ctrl+F finds it. */
export const SEARCH_ID = 'find-a-shot';

/** Does what a menu item or its shortcut says, if it makes sense now. */
export function runCommand(command: MenuCommand): void {
  // A question that stands in front of the window is answered first.
  if (!useUi.getState().dialog) void run(command);
}

async function run(command: MenuCommand): Promise<void> {
  const view = batch.currentView();
  const acts = view ? offeredActs(view) : [];
  switch (command) {
    case 'open-folder':
      return batch.chooseFolder();
    case 'open-samples':
      return batch.openSamples();
    case 'render':
      if (acts.includes('render') || acts.includes('resume')) await batch.render();
      return;
    case 'pause':
      if (acts.includes('pause')) await batch.pause();
      else if (view?.phase === 'paused' || view?.phase === 'pausing') await batch.render();
      return;
    case 'cancel':
      if (acts.includes('cancel')) openDialog({ kind: 'cancel-batch' });
      return;
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
      if (acts.includes('export')) await batch.exportReport();
      return;
    case 'copy-report':
      if (acts.includes('export')) await batch.copyReport();
      return;
    case 'settings':
      return openSettings();
    case 'shortcuts':
      return openDialog({ kind: 'shortcuts' });
    default:
      return assertNever(command);
  }
}
