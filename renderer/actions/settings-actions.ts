import type { BlenderInstalls } from '../../shared/blender-install.ts';
import type { GpuList } from '../../shared/gpu.ts';
import type { CallPayload } from '../../shared/ipc.ts';
import type { WhenDone } from '../../shared/schedule.ts';
import type { Settings } from '../../shared/settings.ts';
import { ask } from '../api.ts';
import { useLibrary } from '../store/library-store.ts';
import { loadTelling } from './telling-actions.ts';
import { askOrNotify, openDialog } from './ui-actions.ts';

/** Opens the settings; they are fetched first where the start did not bring them. */
export async function openSettings(): Promise<void> {
  const settings = useLibrary.getState().settings ?? (await askOrNotify('settings:get', undefined));
  if (!settings) return;
  useLibrary.setState({ settings });
  openDialog({ kind: 'settings' });
  // One may have been installed since.
  void lookForBlenders();
  void lookForCluster(true);
  void loadTelling();
}

/** True: kept by the main process. */
export async function saveSettings(settings: Settings): Promise<boolean> {
  const kept = await askOrNotify('settings:set', settings);
  if (!kept) return false;
  useLibrary.setState({ settings: kept });
  applyTheme(kept.theme);
  return true;
}

/** What happens when a batch is done, whichever it is, from now on. */
export async function chooseWhenDone(whenDone: WhenDone): Promise<void> {
  const { settings } = useLibrary.getState();
  if (settings && settings.whenDone !== whenDone) await saveSettings({ ...settings, whenDone });
}

/** Which Blenders there are; what the window shows until then stays. @param again asks those too that did not answer */
export async function lookForBlenders(again = false): Promise<void> {
  const blenders = await askOrNotify('blender:list', { again });
  if (blenders) useLibrary.setState({ blenders });
}

/** Which cluster there is. @param again asks it, whatever is known */
export async function lookForCluster(again = false): Promise<void> {
  const cluster = await askOrNotify('cluster:look', { again });
  if (cluster !== undefined) useLibrary.setState({ cluster });
}

/** Where Blender runs, of every batch from now on. */
export async function chooseWhere(where: Settings['where']): Promise<void> {
  const { settings } = useLibrary.getState();
  if (settings && settings.where !== where) await saveSettings({ ...settings, where });
}

/** Lets the artist show a Blender, or a folder with some. Resolves with the newest of that place; `null`: none was shown. */
export async function addBlender(what: 'program' | 'folder'): Promise<string | null> {
  const added = await askOrNotify('blender:add', { what });
  if (!added) return null;
  useLibrary.setState({ blenders: added.installs });
  return added.path;
}

/**
 * Forgets a place that the artist added. Resolves with the Blender for all shots; `null`: it went with that place.
 * @param chosen path of that Blender
 */
export async function forgetBlender(place: string, chosen: string | null): Promise<string | null> {
  const before = useLibrary.getState().blenders;
  const blenders = await askOrNotify('blender:forget', { place });
  if (!blenders) return chosen;
  useLibrary.setState({ blenders });
  const isIn = (installs: BlenderInstalls | null) =>
    [...(installs?.found ?? []), ...(installs?.silent ?? [])].some(({ path }) => path === chosen);
  // One that was not found before either may be on a drive that is away.
  return isIn(before) && !isIn(blenders) ? null : chosen;
}

/** Lets the artist point at a folder for frames. */
export async function chooseOutput(): Promise<string | null> {
  return (await askOrNotify('output:choose', undefined)) ?? null;
}

/** Which GPUs there are, or why nobody knows. */
export type GpuAnswer = GpuList | { readonly message: string };

export async function findGpus(of: CallPayload<'blender:gpus'>): Promise<GpuAnswer> {
  const answer = await ask('blender:gpus', of);
  return answer.ok ? answer.value : { message: answer.error.message };
}

export function applyTheme(theme: Settings['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** The computer neither goes to sleep nor shuts down after all. */
export async function keepOn(): Promise<void> {
  await askOrNotify('power:stay', undefined);
}
