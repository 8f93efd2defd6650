import type { Review } from '../../shared/frame-state.ts';
import type { PriorityChange } from '../../shared/order.ts';
import { isolated } from '../../shared/safe-text.ts';
import type { LeftOutReason, SettingPlaces } from '../../shared/shot.ts';
import type { FrameDetail, JobDetail, LeftOutView } from '../../shared/view.ts';
import { ask } from '../api.ts';
import { allRows, joinedLog, useBatch, useDetail } from '../store/batch-store.ts';
import { NOTHING_SELECTED } from '../store/selection.ts';
import { useUi } from '../store/ui-store.ts';
import { isAtWork } from '../text/batch-text.ts';
import { counted } from '../text/format.ts';
import { refetch } from './batch-actions.ts';
import { start } from './blender-actions.ts';
import { askOfBatch, currentView, notify, openDialog, selectAllOf } from './ui-actions.ts';

/** The selected jobs that can still be cancelled. */
export function cancellable(jobIds: Iterable<string>): string[] {
  const rows = useBatch.getState().mirror?.rows;
  return [...jobIds].filter((id) => ['waiting', 'running'].includes(rows?.get(id)?.status ?? ''));
}

/** The selected jobs that can be tried again. */
export function retryable(jobIds: Iterable<string>): string[] {
  const rows = useBatch.getState().mirror?.rows;
  const ended = ['failed', 'cancelled', 'skipped'];
  return [...jobIds].filter((id) => ended.includes(rows?.get(id)?.status ?? ''));
}

/** The selected jobs that wait to be rendered. */
export function renderable(jobIds: Iterable<string>): string[] {
  const rows = useBatch.getState().mirror?.rows;
  return [...jobIds].filter((id) => rows?.get(id)?.status === 'waiting');
}

export async function cancelJobs(jobIds: readonly string[]): Promise<void> {
  const ids = cancellable(jobIds);
  if (ids.length > 0) await askOfBatch('jobs:cancel', { jobIds: ids });
}

export async function retryJobs(jobIds: readonly string[]): Promise<void> {
  const ids = retryable(jobIds);
  if (ids.length > 0) await start({ do: 'retry', jobIds: ids });
}

/** Renders only these of the batch, if it is at rest. Asks about trust first where the folder carries scripts. */
export async function renderJobs(jobIds: readonly string[]): Promise<void> {
  const view = currentView();
  const ids = renderable(jobIds);
  if (!view || ids.length === 0) return;
  if (view.trust === 'ask') return openDialog({ kind: 'trust', thenRender: true, only: ids });
  await start({ do: 'render-only', jobIds: ids });
}

/** The selected jobs of which frames are there, or failed: they can be rendered again. */
export function againable(jobIds: Iterable<string>): string[] {
  const rows = useBatch.getState().mirror?.rows;
  return [...jobIds].filter((id) => {
    const counts = rows?.get(id)?.counts;
    return counts !== undefined && counts.done + counts.failed > 0;
  });
}

/** Asks which frames of these jobs are to be rendered again. @param frames what stands there at first */
export function askForFramesAgain(jobIds: readonly string[], frames = ''): void {
  const ids = againable(jobIds);
  if (ids.length > 0) openDialog({ kind: 'again', jobIds: ids, frames });
}

/** Renders frames again, such as `30-40, 77`; `null`: all. The pictures from before are set aside. */
export async function renderAgain(jobIds: readonly string[], frames: string | null): Promise<void> {
  if (!mayStart()) return;
  await start({ do: 'again', jobIds, frames });
}

/** The selected jobs with frames that are older than their files, of which nothing is decided. */
export function withOlder(jobIds: Iterable<string>): string[] {
  const rows = useBatch.getState().mirror?.rows;
  return [...jobIds].filter((id) => rows?.get(id)?.older != null);
}

/** Keeps what was made of these jobs before their files were saved. */
export async function keepOlder(jobIds: readonly string[]): Promise<void> {
  const ids = withOlder(jobIds);
  if (ids.length > 0) await askOfBatch('frames:keep-older', { jobIds: ids });
}

/** Renders that again from the files as they are now. The pictures from before are set aside. */
export async function renderOlder(jobIds: readonly string[]): Promise<void> {
  const ids = withOlder(jobIds);
  if (ids.length > 0 && mayStart()) await start({ do: 'older', jobIds: ids });
}

/** Whether some frame of the batch is rejected. */
export function isAnyRejected(): boolean {
  for (const { rejected } of useBatch.getState().mirror?.rows.values() ?? []) {
    if (rejected > 0) return true;
  }
  return false;
}

export async function renderRejectedAgain(): Promise<void> {
  if (mayStart()) await start({ do: 'rejected' });
}

/** Asks about trust first where the folder carries scripts. */
function mayStart(): boolean {
  const view = currentView();
  if (view?.trust === 'ask') openDialog({ kind: 'trust', thenRender: false });
  return view !== null && view.trust !== 'ask';
}

/** Says of pictures whether they are good; said once more of all of them it is taken back. Nothing of frames without one. */
export async function reviewFrames(
  jobId: string,
  frames: readonly FrameDetail[],
  review: Review,
): Promise<void> {
  const done = frames.filter(({ state }) => state.status === 'done');
  if (done.length === 0) return;
  const said = areReviewed(done, review) ? null : review;
  await askOfBatch('frames:review', {
    jobId,
    frames: done.map(({ frame }) => frame),
    review: said,
  });
}

/** Whether the artist has said that of all that have a picture. */
export function areReviewed(frames: readonly FrameDetail[], review: Review): boolean {
  const done = frames.flatMap(({ state }) => (state.status === 'done' ? [state] : []));
  return done.length > 0 && done.every((state) => state.review === review);
}

/** R rejects the pictures of frames, A approves them. True: the key was one of these. */
export function reviewKey(jobId: string, frames: readonly FrameDetail[], key: string): boolean {
  const review = ({ r: 'rejected', a: 'approved' } as const)[key.toLowerCase()];
  if (review === undefined || frames.length === 0) return false;
  void reviewFrames(jobId, frames, review);
  return true;
}

/** Moves the selected jobs that are left in the order, at once. */
export async function prioritizeJobs(
  jobIds: readonly string[],
  change: PriorityChange,
): Promise<void> {
  const ids = cancellable(jobIds);
  const view = currentView();
  if (!view || ids.length === 0) return;
  const order = await askOfBatch('jobs:prioritize', { jobIds: ids, change });
  // It may count and only not be kept for the next start.
  if (!order) return refetch();
  useBatch.getState().arrange(view.id, order);
}

/** The selected jobs that can be left out of the batch: it is at rest. */
export function leavable(jobIds: Iterable<string>): string[] {
  const { mirror } = useBatch.getState();
  // What was picked is not left out: it is picked anew.
  if (!mirror || mirror.remembered || mirror.view.files || isAtWork(mirror.view)) return [];
  return [...jobIds].filter((id) => mirror.rows.has(id));
}

/** Takes shots out of the batch until they are taken in again. The next one is selected then. */
export async function leaveOut(jobIds: readonly string[]): Promise<void> {
  const ids = leavable(jobIds);
  const rows = allRows(useBatch.getState().mirror);
  if (ids.length === 0) return;
  const [first = ''] = ids;
  const name = rows.find(({ id }) => id === first)?.name ?? '';
  const at = rows.findIndex(({ id }) => id === first);
  const snapshot = await askOfBatch('shots:leave-out', { jobIds: ids });
  if (!snapshot) return;
  useBatch.getState().show(snapshot);
  const next = snapshot.rows[Math.min(at, snapshot.rows.length - 1)];
  if (next) selectAllOf([next.id]);
  else useUi.setState({ selection: NOTHING_SELECTED });
  const who = ids.length === 1 ? `${isolated(name)} is` : `${counted(ids.length, 'shot')} are`;
  notify(`${who} left out of this batch. Frames that are done stay where they are.`);
}

/** Takes in what is left out, by the ids of the shots. */
export async function takeIn(jobIds: readonly string[]): Promise<void> {
  const snapshot = await askOfBatch('shots:take-in', { jobIds: [...jobIds] });
  if (snapshot) useBatch.getState().show(snapshot);
}

/** Takes in all that is left out for these reasons, also what comes later. */
export async function takeAllIn(reasons: readonly LeftOutReason[]): Promise<void> {
  const snapshot = await askOfBatch('shots:take-all-in', { reasons: [...reasons] });
  if (snapshot) useBatch.getState().show(snapshot);
}

/** The newest version of each shot again, and no backups. */
export async function leaveOutByRule(): Promise<void> {
  const snapshot = await askOfBatch('shots:rules-again');
  if (snapshot) useBatch.getState().show(snapshot);
}

/** What the folder holds that is not in the batch; `null`: it could not be asked, which the window has told. */
export async function leftOutOf(): Promise<LeftOutView | null> {
  return (await askOfBatch('batch:left-out')) ?? null;
}

/** Delete on the table: asks, since a slip of the finger must not cost a night. */
export function askToCancelSelected(): void {
  const jobIds = cancellable(useUi.getState().selection.ids);
  if (jobIds.length > 0) openDialog({ kind: 'cancel-jobs', jobIds });
}

/** Shows the newest frames of these jobs in the file manager, each folder once. */
export async function revealJobs(jobIds: readonly string[]): Promise<void> {
  await askOfBatch('jobs:reveal', { jobIds: [...jobIds] });
}

/** The first shot of the open batch that has a picture; `null`: none has, or nobody gives them out yet. */
function firstPictured(): string | null {
  const { mirror } = useBatch.getState();
  if (!mirror || mirror.remembered) return null;
  return mirror.ids.find((id) => mirror.rows.get(id)?.newest) ?? null;
}

/** Whether there is a picture to be looked at. */
export function isAnyPictured(): boolean {
  return firstPictured() !== null;
}

/** Shows where the frames of the batch are, in the file manager. */
export async function showFrames(): Promise<void> {
  const { mirror } = useBatch.getState();
  const ids = mirror?.ids.filter((id) => mirror.rows.get(id)?.newest) ?? [];
  if (ids.length > 0) await revealJobs(ids);
}

/** Shows the first shot that has a picture in the whole window; Page down goes on to the next. */
export function review(): void {
  const first = firstPictured();
  if (first !== null) preview(first);
}

/** Shows a shot in the whole window, and gives it the keyboard. */
export function preview(jobId: string): void {
  if (useUi.getState().selection.active !== jobId) selectAllOf([jobId]);
  openDialog({ kind: 'preview', jobId });
}

/** Opens the scene of a shot in the Blender that renders it. */
export async function openInBlender(jobId: string | null): Promise<void> {
  if (jobId === null) return;
  const opened = await askOfBatch('job:open-in-blender', { jobId });
  const name = useBatch.getState().mirror?.rows.get(jobId)?.name ?? '';
  if (opened !== undefined) notify(`${isolated(name)} opens in Blender.`);
}

/** Copies the terminal lines that render these jobs, one a line. */
export async function copyCommands(jobIds: readonly string[]): Promise<void> {
  const commands = await askOfBatch('jobs:commands', { jobIds: [...jobIds] });
  if (!commands) return;
  const copied = await copyText(commands.join('\n'));
  if (copied) notify(`${counted(commands.length, 'command')} copied. Paste it in a terminal.`);
  else notify('The clipboard refused the text. Select and copy it in the inspector.', true);
}

/** Fetches what the inspector shows of a job; kept only while that job is still the one followed. */
export async function loadDetail(jobId: string): Promise<void> {
  const detail = await askOfBatch('job:detail', { jobId });
  if (detail && useUi.getState().selection.active === jobId) useDetail.setState({ detail });
}

/** What there is to know of another shot than the one in the inspector; `null`: it can't be had. */
export async function jobDetail(jobId: string): Promise<JobDetail | null> {
  const view = currentView();
  const answer = view && (await ask('job:detail', { batchId: view.id, jobId }));
  return answer?.ok ? answer.value : null;
}

/** Where the settings of a shot are said; `null`: it could not be asked, which the window has told. */
export async function settingPlaces(jobId: string): Promise<SettingPlaces | null> {
  return (await askOfBatch('job:places', { jobId })) ?? null;
}

/** Starts to follow the log of one job; `null` stops. */
export async function followLog(jobId: string | null): Promise<void> {
  if (!currentView()) return;
  useDetail.setState({ logJob: jobId, log: [] });
  const lines = await askOfBatch('job:log', { jobId });
  const now = useDetail.getState();
  if (lines && now.logJob === jobId) useDetail.setState({ log: joinedLog(lines, now.log) });
}

/** Puts text on the clipboard, also where the page may not use the clipboard by itself. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

function copiedBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
