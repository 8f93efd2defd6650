import type { BlenderInfo } from '../../shared/batch.ts';
import type { GpuList } from '../../shared/gpu.ts';
import type { CallPayload } from '../../shared/ipc.ts';
import type { Settings } from '../../shared/view.ts';
import type { WhenDone } from '../../shared/when-done.ts';
import { ask } from '../api.ts';
import { useLibrary } from '../store/library-store.ts';
import { askOrNotify } from './ask-or-notify.ts';
import { openDialog } from './ui-actions.ts';

/** Opens the settings; they are fetched first where the start did not bring them. */
export async function openSettings(): Promise<void> {
  const settings = useLibrary.getState().settings ?? (await askOrNotify('settings:get', undefined));
  if (!settings) return;
  useLibrary.setState({ settings });
  openDialog({ kind: 'settings' });
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

/** Lets the artist point at a Blender; it joins the list. */
export async function chooseBlender(): Promise<BlenderInfo | null> {
  const chosen = await askOrNotify('blender:choose', undefined);
  if (!chosen) return null;
  const others = (useLibrary.getState().blenders ?? []).filter((each) => each.path !== chosen.path);
  useLibrary.setState({ blenders: [...others, chosen] });
  return chosen;
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
