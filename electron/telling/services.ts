import {
  SERVICES,
  type ServiceName,
  serviceFacts,
  type TellingEvent,
  type TellingPlace,
} from '../../shared/telling.ts';
import { checkedAddress, TellingRefused } from './address.ts';

/** What is told, before any service has its form. */
export interface Message {
  readonly event: TellingEvent;
  readonly title: string;
  readonly text: string;
  /** Name of the batch; `null`: of the night. */
  readonly batch: string | null;
  readonly picture: Picture | null;
}

/** A small picture for elsewhere. */
export interface Picture {
  /** JPEG. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Its file's name there. */
  readonly name: string;
}

/** One request, before it is sent. */
export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Picture | readonly FormPart[];
}

export type FormPart = { readonly name: string } & (
  | { readonly text: string }
  | { readonly picture: Picture }
);

/**
 * What a place is sent. Throws `TellingRefused` where it is not filled in, or its address is none that may be sent to.
 */
export function requestOf(place: TellingPlace, message: Message): Outgoing {
  const facts = serviceFacts(place.service);
  const fields: Record<string, string> = {};
  for (const [name, { label, optional, standard }] of Object.entries(facts.fields)) {
    const value = place.fields[name] || standard || '';
    if (value === '' && !optional) {
      throw new TellingRefused(`“${label}” of ${facts.name} is empty.`, 'Fill it in.');
    }
    fields[name] = value;
  }
  const known: Filled = (name) => fields[name] ?? '';
  const isTaken =
    place.picture && (message.picture?.data.length ?? 0) <= (facts.pictureBytes ?? -1);
  const fitting = isTaken ? message : { ...message, picture: null };
  const outgoing = REQUESTS[place.service](known, fitting);
  checkedAddress(outgoing.url, place.plainHttp);
  return outgoing;
}

/** What is filled in; empty: nothing. */
type Filled = (name: string) => string;

const JSON_TYPE = { 'content-type': 'application/json' };

/** How each service is asked, and the limits of it that its documents name (`SERVICES` says where). */
const REQUESTS: Readonly<Record<ServiceName, (filled: Filled, message: Message) => Outgoing>> = {
  /** A file is the body itself; title and text then stand in the query, which may be of any letters. */
  ntfy: (filled, { event, title, text, picture }) => {
    const topic = filled('topic');
    if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic)) {
      throw new TellingRefused(
        'This is not the name of a topic of ntfy.',
        'It has at most 64 letters, digits, - and _.',
      );
    }
    const query = new URLSearchParams({ title: cut(title, 250) });
    if (event === 'failed' || event === 'stalled') query.set('priority', 'high');
    // Longer ones become a file. In bytes.
    const short = cutBytes(text, 4000);
    if (picture) {
      query.set('message', short);
      query.set('filename', picture.name);
    }
    const token = filled('token');
    return {
      url: `${filled('server').replace(/\/+$/, '')}/${topic}?${query}`,
      headers: {
        'content-type': picture ? 'image/jpeg' : 'text/plain; charset=utf-8',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: picture ?? short,
    };
  },
  discord: (filled, { event, title, text, picture }) => {
    const embed = {
      title: cut(plainMarkdown(title), 256),
      description: cut(plainMarkdown(text), 4000),
      color: COLOURS[event],
      ...(picture && { image: { url: `attachment://${picture.name}` } }),
    };
    // A shot may be called @everyone.
    const payload = JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } });
    const url = filled('address');
    if (!picture) return { url, headers: JSON_TYPE, body: payload };
    const parts = [
      { name: 'payload_json', text: payload },
      { name: 'files[0]', picture },
    ];
    return { url, headers: {}, body: parts };
  },
  slack: (filled, { title, text }) => {
    const body = {
      // What a notification shows, where blocks can't be.
      text: cut(plainSlack(`${title}: ${text}`), 3000),
      blocks: [
        { type: 'header', text: plainText(cut(title, 150)) },
        { type: 'section', text: plainText(cut(text, 3000)) },
      ],
    };
    return { url: filled('address'), headers: JSON_TYPE, body: JSON.stringify(body) };
  },
  telegram: (filled, { title, text, picture }) => {
    const chat = filled('chat');
    const token = filled('token');
    if (!/^[\w:-]{1,256}$/.test(token)) {
      throw new TellingRefused(
        'This is not the token of a bot of Telegram.',
        'It looks like 123456:ABC-DEF; @BotFather gives it to you.',
      );
    }
    const base = `https://api.telegram.org/bot${token}`;
    const words = `${title}\n${text}`;
    if (!picture) {
      const body = {
        chat_id: chat,
        text: cut(words, 4096),
        link_preview_options: { is_disabled: true },
      };
      return { url: `${base}/sendMessage`, headers: JSON_TYPE, body: JSON.stringify(body) };
    }
    const parts = [
      { name: 'chat_id', text: chat },
      // 1024, and the end of each line counts twice in a form.
      { name: 'caption', text: cut(words, 1000) },
      { name: 'photo', picture },
    ];
    return { url: `${base}/sendPhoto`, headers: {}, body: parts };
  },
  webhook: (filled, { event, title, text, batch, picture }) => {
    const token = filled('token');
    const image = picture && {
      name: picture.name,
      type: 'image/jpeg',
      base64: Buffer.from(picture.data).toString('base64'),
    };
    const body = { from: 'nightshift', version: 1, event, batch, title, text, picture: image };
    return {
      url: filled('address'),
      headers: { ...JSON_TYPE, ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    };
  },
};

/** Of the bar beside a message on Discord: as the window has them. */
const COLOURS: Readonly<Record<TellingEvent, number>> = {
  started: 0xe9b04a,
  failed: 0xf0655a,
  done: 0x57b894,
  stalled: 0xf0655a,
};

/** At most so many characters, as services count them (UTF-16), and never half of one. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function cutBytes(text: string, most: number): string {
  let short = text;
  while (Buffer.byteLength(short) > most) short = cut(short, Math.floor(short.length * 0.9));
  return short;
}

/** `shot_01_v2` is a name and not italic. */
function plainMarkdown(text: string): string {
  return text.replace(/[\\*_~`|<>#[\]()]/g, '\\$&');
}

function plainSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function plainText(text: string) {
  return { type: 'plain_text', text: plainSlack(text), emoji: false };
}

/** What of a place must never be seen: in an error, a log, or the window. */
export function secretsOf(place: TellingPlace): readonly string[] {
  const { fields } = SERVICES[place.service] as ReturnType<typeof serviceFacts>;
  return Object.entries(fields).flatMap(([name, { secret }]) =>
    secret && place.fields[name] ? secretPartsOf(place.fields[name]) : [],
  );
}

/** Letters of a part of an address that is no word of it. */
const LONG_PART = 8;

/** A secret, and of an address also what servers repeat of it: its path, and the long parts of that. The longest first. */
function secretPartsOf(secret: string): readonly string[] {
  if (!URL.canParse(secret)) return [secret];
  const { pathname, search } = new URL(secret);
  const parts = [pathname + search, pathname, ...pathname.split('/')];
  const long = parts.filter((part) => part.length >= LONG_PART);
  return [...new Set([secret, ...long, ...long.map(decoded)])].sort((a, b) => b.length - a.length);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
