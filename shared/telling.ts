import { z } from 'zod';

/** What can be told elsewhere. The artist chooses for each place. */
export const TELLING_EVENTS = ['started', 'failed', 'done', 'stalled'] as const;
export type TellingEvent = (typeof TELLING_EVENTS)[number];

/** The events as the artist chooses them. */
export const EVENT_WORDS: Readonly<Record<TellingEvent, string>> = {
  started: 'A batch starts',
  failed: 'A shot fails',
  done: 'A batch or the night is done',
  stalled: 'It stands still',
};

interface FieldFacts {
  readonly label: string;
  readonly hint: string;
  /** Who knows it can write there, or read: it is stored encrypted, and never shown again. */
  readonly secret: boolean;
  readonly optional?: boolean;
  /** What counts where nothing is written. */
  readonly standard?: string;
}

interface ServiceFacts {
  readonly name: string;
  /** What the artist fills in. */
  readonly fields: Readonly<Record<string, FieldFacts>>;
  /** Most bytes of a picture; `null`: it takes none. */
  readonly pictureBytes: number | null;
  /** What the artist should know of it. */
  readonly note: string;
  /** Where its interface is described. */
  readonly docs: string;
}

const MIB = 2 ** 20;

/** Where Nightshift can tell of a night; how each is asked stands in `electron/telling/services.ts`. */
export const SERVICES = {
  ntfy: {
    name: 'ntfy',
    fields: {
      server: {
        label: 'Server',
        hint: 'Empty: https://ntfy.sh',
        secret: false,
        optional: true,
        standard: 'https://ntfy.sh',
      },
      topic: {
        label: 'Topic',
        hint: 'Whoever knows it can read along: choose one that nobody guesses.',
        secret: false,
      },
      token: {
        label: 'Access token',
        hint: 'Only for a topic that is protected.',
        secret: true,
        optional: true,
      },
    },
    // A server of one's own may take less, or none: then the message goes without it.
    pictureBytes: 2 * MIB,
    note: 'Subscribe to the topic in the ntfy app of your phone.',
    docs: 'https://docs.ntfy.sh/publish/',
  },
  discord: {
    name: 'Discord',
    fields: {
      address: {
        label: 'Webhook URL',
        hint: 'Of a channel: Edit channel, Integrations, Webhooks, Copy webhook URL.',
        secret: true,
      },
    },
    pictureBytes: 8 * MIB,
    note: 'The message stands in the channel that the webhook belongs to.',
    docs: 'https://discord.com/developers/docs/resources/webhook#execute-webhook',
  },
  slack: {
    name: 'Slack',
    fields: {
      address: {
        label: 'Webhook URL',
        hint: 'Of an app of your workspace, under Incoming Webhooks.',
        secret: true,
      },
    },
    pictureBytes: null,
    note: 'Slack’s incoming webhooks take text only: there is no picture.',
    docs: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/',
  },
  telegram: {
    name: 'Telegram',
    fields: {
      token: {
        label: 'Bot token',
        hint: 'As @BotFather gave it to you.',
        secret: true,
      },
      chat: {
        label: 'Chat',
        hint: 'Its number, or @name of a channel. Write to the bot first.',
        secret: false,
      },
    },
    pictureBytes: 8 * MIB,
    note: 'A picture has its text as caption, which Telegram cuts at 1024 characters.',
    docs: 'https://core.telegram.org/bots/api#sendphoto',
  },
  webhook: {
    name: 'Webhook',
    fields: {
      address: { label: 'URL', hint: 'Gets a POST with JSON.', secret: true },
      token: {
        label: 'Bearer token',
        hint: 'Sent as “Authorization: Bearer …”.',
        secret: true,
        optional: true,
      },
    },
    pictureBytes: 2 * MIB,
    note: 'The picture is in the JSON, as base64.',
    docs: 'docs/guide.md',
  },
} as const satisfies Readonly<Record<string, ServiceFacts>>;

export type ServiceName = keyof typeof SERVICES;
export const SERVICE_NAMES = Object.keys(SERVICES) as readonly ServiceName[];

export function serviceFacts(service: ServiceName): ServiceFacts {
  return SERVICES[service];
}

const field = z.string().trim().max(2048);

/** One place that is told. `fields`: what the service asks for, see `SERVICES`. */
export const tellingPlaceSchema = z.strictObject({
  service: z.enum(SERVICE_NAMES),
  fields: z.record(z.string().max(32), field),
  events: z
    .array(z.enum(TELLING_EVENTS))
    .max(TELLING_EVENTS.length)
    .default(['failed', 'done', 'stalled']),
  /** The newest frame goes along, made small. */
  picture: z.boolean().default(true),
  /** Without encryption, which is taken for this computer and its own network only. */
  plainHttp: z.boolean().default(false),
});
export type TellingPlace = Readonly<z.infer<typeof tellingPlaceSchema>>;

/** Minutes without a finished frame after which a batch stands still. */
export const STALLED_MINUTES = { min: 5, max: 1440, standard: 60 } as const;
export const stalledMinutesSchema = z
  .int()
  .min(STALLED_MINUTES.min)
  .max(STALLED_MINUTES.max)
  .default(STALLED_MINUTES.standard);

/** What a place would be sent, to be read before it is sent. Of what is secret nothing is in it. */
export interface TellingPreview {
  /** `POST https://discord.com/…`. */
  readonly request: string;
  readonly headers: readonly string[];
  /** The body as it would go out; pictures are named with their size. */
  readonly body: string;
  /** What a person reads there. */
  readonly title: string;
  readonly text: string;
  /** A `data:` URL; `null`: none goes along. */
  readonly picture: string | null;
}

/** A place as the window sends it. A secret that is empty stays what is stored. */
export const tellingDraftSchema = z.strictObject({
  ...tellingPlaceSchema.shape,
  events: tellingPlaceSchema.shape.events.unwrap(),
  picture: z.boolean(),
  plainHttp: z.boolean(),
  /** Off: it is kept, and nothing is sent. */
  on: z.boolean(),
});
export type TellingDraft = Readonly<z.infer<typeof tellingDraftSchema>>;

/** A place as the window sees it: `fields` has nothing secret in it. */
export interface TellingPlaceView extends TellingDraft {
  /** The secret fields that are stored. */
  readonly stored: readonly string[];
  /** What came of it last since Nightshift was started; `why`: it could not be told. */
  readonly last: { readonly at: number; readonly why: string | null } | null;
}

export interface TellingView {
  /** Secrets can be encrypted on this computer. */
  readonly encrypted: boolean;
  readonly stalledMinutes: number;
  /** Those that are set up, one a service at most. */
  readonly places: readonly TellingPlaceView[];
}
