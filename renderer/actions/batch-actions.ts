import type { CallPayload, FramesTo } from '../../shared/ipc.ts';
import { isolated } from '../../shared/safe-text.ts';
import type { TestPass } from '../../shared/test-pass.ts';
import type { BatchSnapshot } from '../../shared/view.ts';
import { useBatch } from '../store/batch-store.ts';
import { NOTHING_SELECTED, type Selection } from '../store/selection.ts';
import { EVERYTHING, useUi } from '../store/ui-store.ts';
import { isAtWork } from '../text/batch-text.ts';
import { start } from './blender-actions.ts';
import {
  askOfBatch,
  askOrNotify,
  closeDialog,
  currentView,
  notify,
  openDialog,
} from './ui-actions.ts';

/** Openings are numbered as they are asked for; the newest belongs on the screen. */
let lastOpening = 0;
let openingShown = 0;
/** Those that are not answered yet. */
const underWay = new Set<Promise<unknown>>();

export async function chooseFolder(): Promise<void> {
  await open('folder:choose', undefined);
}

export async function openSamples(): Promise<void> {
  await open('samples:open', undefined);
}

export async function openFolder(path: string): Promise<void> {
  await open('folder:open', { path });
}

/** Opens .blend files as a batch of just these. */
export async function openFiles(paths: readonly string[]): Promise<void> {
  await open('files:open', { paths: [...paths] });
}

/** Of a batch of some files: the batch of all of their folder. */
export async function openWholeFolder(batchId: string): Promise<void> {
  await open('batch:whole-folder', { batchId });
}

export async function openBatch(batchId: string): Promise<void> {
  await open('batch:open', { batchId });
}

/** Puts a batch on the screen, with its first shot selected and its resume card, if any, in front. */
export function showBatch(snapshot: BatchSnapshot): void {
  lastOpening += 1;
  openingShown = lastOpening;
  const before = useBatch.getState().mirror;
  const again = before?.view.id === snapshot.view.id;
  useBatch.getState().show(snapshot);
  // Who looks at the shots already, while they are being read, is not called back.
  if (!again || !before.remembered) useUi.setState({ cardClosed: false });
  if (!again) useUi.setState({ selection: firstOf(snapshot), query: EVERYTHING });
  const { id: batchId, goesTo } = snapshot.view;
  if (goesTo !== undefined) openDialog({ kind: 'frames-to', batchId });
}

/** At a start: shows the interrupted batch as it was the last time, and reads its folder. False: there is none. */
export async function openLast(): Promise<boolean> {
  const last = await askOrNotify('batch:last', undefined);
  if (!last || useBatch.getState().mirror) return false;
  showBatch(last);
  await openBatch(last.view.id);
  // Who has asked for another one meanwhile gets that, unless it comes to nothing, such as a dialog that is closed.
  await Promise.all(underWay);
  if (useBatch.getState().mirror?.remembered) await openBatch(last.view.id);
  // It could not be opened, which was said: what is remembered of it is of no use.
  if (useBatch.getState().mirror?.remembered) useBatch.getState().close();
  return true;
}

/** After a lost update: the batch as it is now. */
export async function refetch(): Promise<void> {
  const snapshot = await askOfBatch('batch:snapshot');
  if (snapshot && currentView()?.id === snapshot.view.id) useBatch.getState().show(snapshot);
}

/** Render and Resume. Asks about trust first where the folder carries scripts. */
export async function render(): Promise<void> {
  const view = currentView();
  if (!view) return;
  if (view.trust === 'ask') return openDialog({ kind: 'trust', thenRender: true });
  if (view.phase === 'paused' || view.phase === 'pausing') await askOfBatch('batch:unpause');
  else await start({ do: 'render' });
}

/** Opens a test pass of the batch on the screen, and renders it. @param only ids of the shots; `null`: all */
export async function renderTestPass(
  test: TestPass,
  only: readonly string[] | null,
): Promise<void> {
  const batchId = currentView()?.id;
  if (batchId === undefined || !(await open('batch:test', { batchId, test }))) return;
  const mirror = useBatch.getState().mirror;
  if (!mirror || isAtWork(mirror.view)) return;
  const rows = [...mirror.rows.values()].filter(({ id }) => only === null || only.includes(id));
  if (rows.every(({ status }) => status === 'completed')) {
    return notify('This test pass is done already: nothing of its shots has changed since.');
  }
  // What failed in it before is told there, with what can be done.
  if (rows.every(({ status }) => status === 'completed' || status === 'failed')) return;
  if (mirror.view.trust === 'ask') {
    return openDialog({ kind: 'trust', thenRender: true, ...(only && { only }) });
  }
  await start(only ? { do: 'render-only', jobIds: only } : { do: 'render' });
}

/** @param only the shots to render then; not given: all */
export async function answerTrust(
  trusted: boolean,
  thenRender: boolean,
  only?: readonly string[],
): Promise<void> {
  const snapshot = await askOfBatch('batch:trust', { trusted });
  if (!snapshot) return;
  useBatch.getState().show(snapshot);
  if (!thenRender) return;
  await start(only ? { do: 'render-only', jobIds: only } : { do: 'render' });
}

export async function startAgain(): Promise<void> {
  const snapshot = await askOfBatch('batch:clear');
  if (snapshot) showBatch(snapshot);
}

/** Asks where to, and writes. One at a time: pictures may take a while. */
export async function exportReport(): Promise<void> {
  if (useUi.getState().exporting) return;
  useUi.setState({ exporting: true });
  const path = await askOfBatch('report:export');
  useUi.setState({ exporting: false });
  if (path) notify(`The report is in ${path}.`);
}

export async function copyReport(): Promise<void> {
  const answer = await askOfBatch('report:copy');
  if (answer !== undefined) notify('The report is on the clipboard.');
}

/** Says what becomes of frames that are elsewhere than frames go to now. */
export async function answerFramesTo(answer: FramesTo): Promise<void> {
  closeDialog();
  const snapshot = await askOfBatch('batch:frames-to', { answer });
  if (snapshot) showBatch(snapshot);
}

/**
 * Goes on with a batch where its folder is now.
 * @param openedAs the open batch of that folder; not there: it is asked for
 */
export async function locate(batchId: string, openedAs?: string): Promise<void> {
  const shown = await open('batch:locate', {
    batchId,
    ...(openedAs !== undefined && { openedAs }),
  });
  if (!shown) return;
  closeDialog();
  notify('The batch is in its new place. What was done is done there, too.');
}

/** Takes a batch out of the history; if it was on the screen, that is empty then. */
export async function forgetBatch(batchId: string, name: string): Promise<void> {
  const answer = await askOrNotify('batch:forget', { batchId });
  if (answer === undefined) return;
  if (useBatch.getState().mirror?.view.id === batchId) {
    useBatch.getState().close();
    useUi.setState({ selection: NOTHING_SELECTED });
  }
  notify(
    `${isolated(name)} is no longer in the history. Its frames and shot files are where they were.`,
  );
}

export function showShots(): void {
  useUi.setState({ cardClosed: true });
}

function firstOf({ rows: [first] }: BatchSnapshot): Selection {
  return first
    ? { ids: new Set([first.id]), active: first.id, anchor: first.id }
    : NOTHING_SELECTED;
}

type OpeningCall =
  | 'folder:choose'
  | 'samples:open'
  | 'folder:open'
  | 'files:open'
  | 'batch:open'
  | 'batch:whole-folder'
  | 'batch:locate'
  | 'batch:test';

/** Resolves with whether it is shown: of several openings only the newest one is. */
function open<N extends OpeningCall>(name: N, payload: CallPayload<N>): Promise<boolean> {
  const opening = openInTurn(name, payload).finally(() => underWay.delete(opening));
  underWay.add(opening);
  return opening;
}

/**
 * Only the newest of several openings is shown, whichever is answered last. The main process follows
 * the one that it opened last, so it is told again where that is not the one on the screen.
 */
async function openInTurn<N extends OpeningCall>(
  name: N,
  payload: CallPayload<N>,
): Promise<boolean> {
  lastOpening += 1;
  const opening = lastOpening;
  const snapshot = await askOrNotify<OpeningCall>(name, payload);
  if (!snapshot) return false;
  if (opening === lastOpening) {
    showBatch(snapshot);
    return true;
  }
  const shown = currentView();
  if (openingShown === lastOpening && shown && shown.id !== snapshot.view.id) {
    await openBatch(shown.id);
  }
  return false;
}
