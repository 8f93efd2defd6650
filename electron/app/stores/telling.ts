import { join } from 'node:path';
import { z } from 'zod';
import {
  SERVICE_NAMES,
  type ServiceName,
  serviceFacts,
  stalledMinutesSchema,
  type TellingDraft,
  type TellingPlace,
  type TellingPlaceView,
  type TellingView,
  tellingDraftSchema,
} from '../../../shared/telling.ts';
import type { Told } from '../../telling/send.ts';
import { requestOf } from '../../telling/services.ts';
import { testWords } from '../../telling/words.ts';
import { JsonFile } from './json-file.ts';

/** What encrypts for this user of this computer. Text in, base64 out, and back; throws where it can't. */
export interface Safe {
  readonly isAvailable: () => boolean;
  readonly lock: (text: string) => string;
  readonly unlock: (locked: string) => string;
}

const secretSchema = z.union([
  z.strictObject({ locked: z.string() }),
  // This computer could not encrypt it.
  z.strictObject({ plain: z.string() }),
]);
type Secret = z.infer<typeof secretSchema>;

/** A place on disk: what is secret is not among its fields. */
const keptPlaceSchema = z.strictObject({
  ...tellingDraftSchema.shape,
  secrets: z.record(z.string(), secretSchema),
});
type KeptPlace = z.infer<typeof keptPlaceSchema>;

const keptSchema = z.strictObject({
  stalledMinutes: stalledMinutesSchema,
  places: z.array(keptPlaceSchema).default([]),
});
type Kept = z.infer<typeof keptSchema>;

/** Only for the user: where nothing encrypts, secrets stand in it. */
const FILE_MODE = 0o600;

/** The places that are told of a night, in `telling.json` of the data directory: at most one a service. */
export class TellingStore {
  readonly #file: JsonFile<Kept>;
  #kept: Kept = keptSchema.parse({});
  readonly #last = new Map<ServiceName, TellingPlaceView['last']>();

  constructor(
    data: string,
    private readonly safe: Safe,
  ) {
    const path = join(data, 'telling.json');
    this.#file = new JsonFile(path, keptSchema, keptSchema.parse({}), FILE_MODE);
  }

  /** Reads what is kept. Until then nothing is told. */
  async load(): Promise<void> {
    this.#kept = await this.#file.read();
  }

  get stalledMinutes(): number {
    return this.#kept.stalledMinutes;
  }

  /** Those that are on, with their secrets. */
  active(): readonly TellingPlace[] {
    return this.#kept.places.flatMap((kept) => {
      if (!kept.on) return [];
      try {
        return [this.#opened(kept, kept)];
      } catch {
        this.#last.set(kept.service, { at: Date.now(), why: LOCKED });
        return [];
      }
    });
  }

  /** What the window may know. */
  view(): TellingView {
    const { stalledMinutes, places } = this.#kept;
    return {
      encrypted: this.safe.isAvailable(),
      stalledMinutes,
      places: places.map(({ secrets, ...place }) => ({
        ...place,
        stored: Object.keys(secrets),
        last: this.#last.get(place.service) ?? null,
      })),
    };
  }

  /** Keeps a place. Throws `TellingRefused` where it is not filled in or can't be sent to. */
  async save(draft: TellingDraft): Promise<void> {
    const whole = this.whole(draft);
    requestOf(whole, { ...testWords(), picture: null });
    const { secretFields, openFields } = fieldsOf(draft.service, whole.fields);
    const secrets = Object.fromEntries(
      Object.entries(secretFields).map(([name, text]) => [name, this.#locked(text)]),
    );
    this.#last.delete(draft.service);
    const rank = ({ service }: KeptPlace) => SERVICE_NAMES.indexOf(service);
    const places = [...this.#without(draft.service), { ...draft, fields: openFields, secrets }];
    await this.#write({ places: places.sort((a, b) => rank(a) - rank(b)) });
  }

  /** A place as it is typed, with the secrets that are stored where none is typed. */
  whole(draft: TellingDraft): TellingPlace {
    const kept = this.#kept.places.find(({ service }) => service === draft.service);
    return this.#opened(draft, kept && keepsSecrets(kept, draft) ? kept : null);
  }

  /** Nothing is sent any more, and its secrets are gone. */
  async remove(service: ServiceName): Promise<void> {
    this.#last.delete(service);
    await this.#write({ places: this.#without(service) });
  }

  async setStalledMinutes(stalledMinutes: number): Promise<void> {
    await this.#write({ stalledMinutes });
  }

  /** Remembers what came of it. True: it could be told before, or was never tried. */
  told({ service }: TellingPlace, told: Told): boolean {
    const failedBefore = (this.#last.get(service)?.why ?? null) !== null;
    this.#last.set(service, { at: Date.now(), why: told.ok ? null : told.why });
    return !failedBefore;
  }

  /** Resolves when nothing is being written. */
  settled(): Promise<void> {
    return this.#file.settled();
  }

  #without(service: ServiceName): KeptPlace[] {
    return this.#kept.places.filter((each) => each.service !== service);
  }

  async #write(change: Partial<Kept>): Promise<void> {
    this.#kept = { ...this.#kept, ...change };
    await this.#file.write(this.#kept);
  }

  /** @param kept whose secrets count where none is typed; `null`: no one's */
  #opened({ on: _, ...draft }: TellingDraft, kept: KeptPlace | null): TellingPlace {
    const { secretFields, openFields } = fieldsOf(draft.service, draft.fields);
    const stored = Object.fromEntries(
      Object.entries(kept?.secrets ?? {}).map(([name, secret]) => [name, this.#text(secret)]),
    );
    const { service, events, picture, plainHttp } = draft;
    const fields = { ...openFields, ...stored, ...secretFields };
    return { service, events, picture, plainHttp, fields };
  }

  #locked(text: string): Secret {
    return this.safe.isAvailable() ? { locked: this.safe.lock(text) } : { plain: text };
  }

  #text(secret: Secret): string {
    return 'plain' in secret ? secret.plain : this.safe.unlock(secret.locked);
  }
}

/** Those of a service that are filled in. */
function fieldsOf(service: ServiceName, fields: TellingPlace['fields']) {
  const facts = serviceFacts(service).fields;
  const filled = Object.entries(fields).filter(
    ([name, text]) => Object.hasOwn(facts, name) && text !== '',
  );
  const among = (secret: boolean) =>
    Object.fromEntries(filled.filter(([name]) => facts[name]?.secret === secret));
  return { secretFields: among(true), openFields: among(false) };
}

/** A token that is stored goes nowhere else than where it was meant for. */
function keepsSecrets(kept: KeptPlace, draft: TellingDraft): boolean {
  const isSameServer = (kept.fields.server ?? '') === (draft.fields.server ?? '');
  return isSameServer && (draft.fields.address ?? '') === '';
}

const LOCKED =
  'What is secret of it can’t be decrypted on this computer any more. Fill it in again.';
