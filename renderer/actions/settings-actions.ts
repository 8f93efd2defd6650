import type { BlenderInfo } from '../../shared/batch.ts';
import type { Settings } from '../../shared/view.ts';
import { useLibrary } from '../store/library-store.ts';
import { askOrNotify } from './ask-or-notify.ts';

/** True: kept by the main process. */
export async function saveSettings(settings: Settings): Promise<boolean> {
  const kept = await askOrNotify('settings:set', settings);
  if (!kept) return false;
  useLibrary.setState({ settings: kept });
  applyTheme(kept.theme);
  return true;
}

/** Lets the artist point at a Blender; it joins the list. */
export async function chooseBlender(): Promise<BlenderInfo | null> {
  const chosen = await askOrNotify('blender:choose', undefined);
  if (!chosen) return null;
  const others = (useLibrary.getState().blenders ?? []).filter((each) => each.path !== chosen.path);
  useLibrary.setState({ blenders: [...others, chosen] });
  return chosen;
}

export function applyTheme(theme: Settings['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
