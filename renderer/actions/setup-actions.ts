import type { Split } from '../../shared/more-shots.ts';
import { isolated } from '../../shared/safe-text.ts';
import type { SettingKey, SetupChange, WrittenShot } from '../../shared/shot-setup.ts';
import { ask } from '../api.ts';
import { useBatch, useDetail } from '../store/batch-store.ts';
import { setupOf, useSetup } from '../store/setup-store.ts';
import { useUi } from '../store/ui-store.ts';
import { isAtWork } from '../text/batch-text.ts';
import { counted } from '../text/format.ts';
import { madeText } from '../text/more-shots-text.ts';
import { typeset } from '../text/typeset.ts';
import { askOfBatch, currentView, inspect } from './ui-actions.ts';

/** One change after another: each is tried against what the one before has left. */
let changing: Promise<unknown> = Promise.resolve();

/** Reads what the files of some shots say; kept only while these are still the ones that are shown. */
export async function loadSetup(jobIds: readonly string[]): Promise<void> {
  const of = setupOf(jobIds);
  const { of: before } = useSetup.getState();
  if (before !== of) useSetup.setState({ of, setup: null });
  const setup = await askOfBatch('jobs:setup', { jobIds: [...jobIds] });
  if (setup && useSetup.getState().of === of) useSetup.setState({ setup });
}

/**
 * Writes a setting into the files of some shots, or takes it out (`null`). Resolves with why it was refused, for the field that
 * it was typed into; `null`: it was written.
 */
export function changeSetup(
  jobIds: readonly string[],
  key: SettingKey,
  text: string | null,
): Promise<string | null> {
  return inTurn(() => changed(jobIds, key, text));
}

/** Takes the newest change of the batch back. */
export function undoSetup(): Promise<void> {
  return inTurn(undone);
}

/** The shots of which others can be made, while the batch is at rest. */
export function splittable(jobIds: Iterable<string>, by: Split): string[] {
  const { mirror } = useBatch.getState();
  if (!mirror || mirror.remembered || isAtWork(mirror.view)) return [];
  return [...jobIds].filter((id) => mirror.rows.get(id)?.more?.includes(by));
}

/** Makes shots of the scenes or cameras that the files of these hold besides, and shows where they were written. */
export async function makeShots(jobIds: readonly string[], by: Split): Promise<void> {
  const ids = splittable(jobIds, by);
  if (ids.length > 0) await inTurn(() => shotsMade(ids, by));
}

async function shotsMade(jobIds: readonly string[], by: Split): Promise<void> {
  const answer = await askOfBatch('jobs:split', { jobIds: [...jobIds], by });
  if (!answer) return;
  made.clear();
  for (const [before, now] of answer.renamed) made.set(before, now);
  await showNow(made);
  const [first = jobIds[0]] = answer.jobIds;
  if (first !== undefined) inspect(first, 'Set-up');
  useSetup.setState({
    said: {
      text: madeText(by, answer),
      bad: answer.failed !== null,
      jobIds: new Set([...answer.jobIds, ...jobIds]),
      canUndo: answer.files.length > 0,
    },
  });
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = changing.then(work);
  changing = done.catch(() => undefined);
  return done;
}

async function undone(): Promise<void> {
  const { said } = useSetup.getState();
  const left = await askOfBatch('batch:undo-setup');
  if (left === undefined) return;
  await showNow(new Map([...made].map(([before, now]) => [now, before])));
  made.clear();
  const text =
    left.length === 0
      ? 'Taken back.'
      : `Taken back, but for ${left.map(isolated).join(', ')}: somebody has written there since.`;
  const jobIds = new Set([...(said?.jobIds ?? []), ...useUi.getState().selection.ids]);
  useSetup.setState({ said: { text, bad: left.length > 0, jobIds, canUndo: false } });
}

/** Shots that the newest change made a file for: what they were called before, and are since. */
const made = new Map<string, string>();

async function changed(
  jobIds: readonly string[],
  key: SettingKey,
  text: string | null,
): Promise<string | null> {
  const view = currentView();
  const of = setupOf(jobIds);
  const shown = useSetup.getState();
  const seen = shown.of === of ? shown.setup?.seen : undefined;
  if (!view || !seen) return 'The files of this shot are still being read. Try again in a moment.';
  const payload = { batchId: view.id, jobIds: [...jobIds], key, text, seen };
  const answer = await ask('jobs:change-setup', payload);
  if (!answer.ok) {
    // Who has written meanwhile is shown, whatever was wrong.
    await loadSetup(jobIds);
    const { message, nextStep } = answer.error;
    return typeset(nextStep === null ? message : `${message} ${nextStep}`);
  }
  const { written } = answer.value;
  made.clear();
  for (const { jobId, nowId } of written) if (jobId !== nowId) made.set(jobId, nowId);
  await showNow(answer.value.counts === 'now' ? made : new Map());
  const ids = written.flatMap(({ jobId, nowId }) => [jobId, nowId]);
  useSetup.setState({
    said: {
      text: changeText(answer.value),
      bad: answer.value.failed !== null,
      jobIds: new Set(ids.length > 0 ? ids : jobIds),
      canUndo: written.length > 0,
    },
  });
  return null;
}

/** Shows the batch as it was read anew, with the same shots selected under the ids that they have now. */
async function showNow(renamed: ReadonlyMap<string, string>): Promise<void> {
  const now = (id: string) => renamed.get(id) ?? id;
  const { active, anchor, ids } = useUi.getState().selection;
  const snapshot = await askOfBatch('batch:snapshot');
  if (!snapshot || currentView()?.id !== snapshot.view.id) return;
  const isThere = (id: string | null) => id !== null && snapshot.rows.some((row) => row.id === id);
  // What was made and is taken back is no shot any more: the one that it came from stands for it.
  const [instead] = [...renamed.values()].filter(isThere);
  const isGone = active !== null && !isThere(now(active)) && instead !== undefined;
  const selection = isGone
    ? { ids: new Set([instead]), active: instead, anchor: instead }
    : {
        ids: new Set([...ids].map(now)),
        active: active && now(active),
        anchor: anchor && now(anchor),
      };
  const detail = isThere(selection.active)
    ? await askOfBatch('job:detail', { jobId: selection.active as string })
    : undefined;
  const shown = useSetup.getState().of;
  const jobIds = shown.split(' ').map(now);
  const setup = await askOfBatch('jobs:setup', { jobIds });
  // All at once: a field that goes on is not drawn anew, and keeps the keyboard.
  useBatch.getState().show(snapshot);
  // Somebody may have chosen another shot meanwhile.
  if (useUi.getState().selection.active === active) {
    useUi.setState({ selection });
    if (detail) useDetail.setState({ detail });
  }
  if (setup && useSetup.getState().of === shown) {
    useSetup.setState({ of: setupOf(jobIds), setup });
  }
}

/** Where it was written, and when it counts. */
export function changeText({ written, failed, counts }: SetupChange): string {
  const sentences = [
    whereText(written),
    ...(failed === null ? [] : [typeset(failed)]),
    ...(counts === 'now' || written.length === 0
      ? []
      : ['The batch is rendering: this counts from the next render.']),
  ];
  return sentences.join(' ');
}

function whereText(written: readonly WrittenShot[]): string {
  const [first] = written;
  if (!first) return 'Nothing had to be written.';
  const name = isolated(first.file);
  if (written.length === 1) {
    if (first.made) return `Made ${name} beside its .blend and wrote it there.`;
    return first.line === null
      ? `Taken out of ${name}.`
      : `Written to ${name}, line ${first.line}.`;
  }
  const fresh = written.filter(({ made: isNew }) => isNew).length;
  const files = counted(written.length, 'file');
  if (fresh === 0) {
    return written.every(({ line }) => line === null)
      ? `Taken out of ${files}.`
      : `Written to ${files}.`;
  }
  const which = fresh === written.length ? 'all' : String(fresh);
  return `Written to ${files}, ${which} of them made beside ${fresh === 1 ? 'its .blend' : 'their .blends'}.`;
}
