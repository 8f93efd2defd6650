import type {
  ServiceName,
  TellingDraft,
  TellingEvent,
  TellingPreview,
  TellingView,
} from '../../shared/telling.ts';
import { ask } from '../api.ts';
import { useLibrary } from '../store/library-store.ts';
import { askOrNotify } from './ui-actions.ts';

/** Where nights are told of, as the main process keeps it. */
export async function loadTelling(): Promise<void> {
  take(await askOrNotify('telling:get', undefined));
}

/** Keeps a place. `null`: kept; else why not, in sentences. */
export async function savePlace(draft: TellingDraft): Promise<string | null> {
  const kept = await ask('telling:save', draft);
  if (kept.ok) take(kept.value);
  return kept.ok ? null : words(kept.error);
}

export async function removePlace(service: ServiceName): Promise<void> {
  take(await askOrNotify('telling:remove', { service }));
}

export async function setStalledMinutes(minutes: number): Promise<void> {
  take(await askOrNotify('telling:stalled', { minutes }));
}

/** Sends a test. `null`: it is there; else why not, in sentences. */
export async function testPlace(draft: TellingDraft): Promise<string | null> {
  const sent = await ask('telling:test', draft);
  return sent.ok ? sent.value.why : words(sent.error);
}

/** What a place would be sent, or why it can't be said. */
export async function previewPlace(
  draft: TellingDraft,
  event: TellingEvent,
): Promise<TellingPreview | string> {
  const shown = await ask('telling:preview', { draft, event });
  return shown.ok ? shown.value : words(shown.error);
}

function take(telling: TellingView | undefined): void {
  if (telling) useLibrary.setState({ telling });
}

function words({ message, nextStep }: { message: string; nextStep: string | null }): string {
  return nextStep === null ? message : `${message} ${nextStep}`;
}
