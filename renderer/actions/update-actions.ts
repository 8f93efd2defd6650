import { updateActs } from '../../shared/update.ts';
import { useLibrary } from '../store/library-store.ts';
import { askOrNotify, notify, openDialog } from './ui-actions.ts';

/** Shows what is known of updates, and asks anew where that makes sense: the artist has just said so. */
export async function checkForUpdates(): Promise<void> {
  openDialog({ kind: 'updates' });
  await askForUpdates();
}

/** Asks, unless what is known is to be fetched or installed first. */
export async function askForUpdates(): Promise<void> {
  const view = await readUpdates();
  if (view && updateActs(view).includes('check')) await askOrNotify('updates:check', undefined);
}

/** Shows what is known of updates, and asks nobody. */
export function showUpdates(): void {
  openDialog({ kind: 'updates' });
  void readUpdates();
}

async function readUpdates() {
  const view = await askOrNotify('updates:view', undefined);
  if (view) useLibrary.setState({ updates: view });
  return view;
}

export async function downloadUpdate(): Promise<void> {
  await askOrNotify('updates:download', undefined);
}

export async function stopDownload(): Promise<void> {
  await askOrNotify('updates:stop', undefined);
}

export async function restartAndInstall(): Promise<void> {
  await askOrNotify('updates:restart', undefined);
}

export async function copyInstallCommand(command: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(command);
    notify('The command is on the clipboard.');
  } catch {
    notify('The clipboard refused the text. Select and copy it.', true);
  }
}
