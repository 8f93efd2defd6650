import type { BatchResult } from '../../../shared/batch.ts';
import type { BatchSignal } from '../../../shared/events.ts';
import type { Push } from '../../../shared/ipc.ts';
import {
  SERVICES,
  type ServiceName,
  type TellingDraft,
  type TellingEvent,
  type TellingPlace,
  type TellingPreview,
  type TellingView,
} from '../../../shared/telling.ts';
import type { ThumbnailWish } from '../../../shared/thumbnail.ts';
import type { WallClock } from '../../engine/index.ts';
import { TellingRefused } from '../../telling/address.ts';
import { samplePicture } from '../../telling/picture.ts';
import { previewOf } from '../../telling/preview.ts';
import type { Fetch } from '../../telling/send.ts';
import { Teller, type ToldBatch, tell } from '../../telling/teller.ts';
import { sampleWords, testWords } from '../../telling/words.ts';
import { Refusal } from '../refusal.ts';
import type { BatchController } from '../sessions/batch-controller.ts';
import type { TellingStore } from '../stores/telling.ts';

interface TellingOptions {
  readonly store: TellingStore;
  readonly pictureOf: (wish: ThumbnailWish) => Promise<Uint8Array | null>;
  readonly push: Push;
  readonly clock: WallClock;
  readonly fetch: Fetch;
}

/** Most that the end of the app waits for what is still on its way. */
const CLOSE_MS = 2500;

/** What the app tells elsewhere, and what the settings do with the places. */
export class TellingElsewhere {
  readonly #teller: Teller;

  constructor(private readonly options: TellingOptions) {
    const { store, pictureOf, push, clock, fetch } = options;
    this.#teller = new Teller({
      places: () => store.active(),
      stalledMinutes: () => store.stalledMinutes,
      pictureOf: (batchId, { id }, frame) =>
        pictureOf({ batchId, jobId: id, frame, size: 'large' }),
      clock,
      fetch,
      onTold: (place, told) => {
        const isNews = store.told(place, told);
        push('telling:changed', store.view());
        if (told.ok || !isNews) return;
        push('notice', `${SERVICES[place.service].name} could not be told: ${told.why}`);
      },
    });
  }

  heard(session: BatchController, signal: BatchSignal): void {
    this.#teller.heard(toldOf(session), signal);
  }

  ended(session: BatchController, result: BatchResult): void {
    this.#teller.ended(toldOf(session), result);
  }

  /** Nothing else renders, or is to. */
  nightOver(): void {
    this.#teller.nightOver();
  }

  /** @param why in a sentence */
  brokeOff(session: BatchController, why: string): void {
    this.#teller.brokeOff(toldOf(session), why);
  }

  /** Waits a few seconds at most. Nothing is sent any more then. */
  async close(): Promise<void> {
    await Promise.all([this.#teller.close(CLOSE_MS), this.options.store.settled()]);
  }

  view(): TellingView {
    return this.options.store.view();
  }

  async save(draft: TellingDraft): Promise<TellingView> {
    await this.options.store.save(draft).catch(refuse);
    return this.view();
  }

  async remove(service: ServiceName): Promise<TellingView> {
    await this.options.store.remove(service);
    return this.view();
  }

  async setStalledMinutes(minutes: number): Promise<TellingView> {
    await this.options.store.setStalledMinutes(minutes);
    return this.view();
  }

  /** Sends a test, once. */
  async test(draft: TellingDraft): Promise<{ readonly why: string | null }> {
    const { clock, fetch } = this.options;
    const message = { ...testWords(), picture: await samplePicture() };
    const means = { clock, fetch, signal: new AbortController().signal };
    const place = await this.#whole(draft);
    const told = await tell(place, message, means, []);
    return { why: told.ok ? null : told.why };
  }

  async preview(draft: TellingDraft, event: TellingEvent): Promise<TellingPreview> {
    const message = { ...sampleWords(event), picture: await samplePicture() };
    const place = await this.#whole(draft);
    try {
      return previewOf(place, message);
    } catch (error) {
      return refuse(error);
    }
  }

  async #whole(draft: TellingDraft): Promise<TellingPlace> {
    try {
      return this.options.store.whole(draft);
    } catch {
      throw new Refusal(
        'What is secret of this place can’t be decrypted on this computer any more.',
        'Fill it in again.',
      );
    }
  }
}

/** What is filled in is for the artist to mend, and no fault of ours. */
function refuse(error: unknown): never {
  if (error instanceof TellingRefused) throw new Refusal(error.message, error.nextStep);
  throw error;
}

function toldOf({ id, name, processor }: BatchController): ToldBatch {
  return { id, name, progress: () => processor.getProgress() };
}
