import { serviceFacts, type TellingPlace, type TellingPreview } from '../../shared/telling.ts';
import { type Message, type Outgoing, type Picture, requestOf } from './services.ts';

/**
 * What a place would be sent, word for word, made by what also sends it. Secrets are not needed for it and are not in
 * it. Throws `TellingRefused` where what is filled in can't be sent to.
 */
export function previewOf(place: TellingPlace, message: Message): TellingPreview {
  const outgoing = requestOf(withoutSecrets(place), message);
  const { title, text } = message;
  const picture = pictureIn(outgoing) ?? embedded(place, message);
  const jpeg = picture && Buffer.from(picture.data).toString('base64');
  return {
    request: `POST ${readable(outgoing.url)}`.replaceAll(HIDDEN, SHOWN),
    headers: Object.entries(outgoing.headers).map(([name, value]) =>
      `${name}: ${value}`.replaceAll(HIDDEN, SHOWN),
    ),
    body: bodyText(outgoing),
    title,
    text,
    picture: jpeg && `data:image/jpeg;base64,${jpeg}`,
  };
}

/** With something in the place of each secret, and of what is not filled in yet. */
function withoutSecrets(place: TellingPlace): TellingPlace {
  const fields: Record<string, string> = { ...place.fields };
  for (const [name, { secret, optional }] of Object.entries(serviceFacts(place.service).fields)) {
    const value = fields[name] ?? '';
    if (optional && value === '') continue;
    if (!secret) fields[name] ||= 'example';
    else fields[name] = name === 'address' ? `${originOf(value)}/${HIDDEN}` : HIDDEN;
  }
  return { ...place, fields, plainHttp: true };
}

/** May stand in an address, a header and a token. */
const HIDDEN = '-----------';
const SHOWN = '•••';

function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : 'https://example.com';
}

/** What stands in a query, as a person reads it. */
function readable(url: string): string {
  const { origin, pathname, searchParams } = new URL(url);
  const query = [...searchParams].map(([name, value]) => `${name}=${value}`).join('&');
  return `${origin}${pathname}${query && `?${query}`}`;
}

function bodyText({ body }: Outgoing): string {
  if (typeof body === 'string') return shortened(indented(body));
  if ('data' in body) return pictureText(body);
  return body
    .map((part) => {
      const value = 'text' in part ? indented(part.text) : pictureText(part.picture);
      return `${part.name}: ${value}`;
    })
    .join('\n');
}

function pictureText({ name, data }: Picture): string {
  return `${name} (JPEG, ${Math.ceil(data.length / 1024)} KB)`;
}

function indented(text: string): string {
  if (!text.startsWith('{')) return text;
  return JSON.stringify(JSON.parse(text), null, 2);
}

/** A picture in base64 is told by its length. */
function shortened(text: string): string {
  return text.replace(/[A-Za-z0-9+/=]{400,}/g, (long) => `… ${long.length} characters …`);
}

function pictureIn({ body }: Outgoing): Picture | null {
  if (typeof body === 'string') return null;
  if ('data' in body) return body;
  for (const part of body) if ('picture' in part) return part.picture;
  return null;
}

/** A webhook's picture stands in its JSON. */
function embedded({ service, picture }: TellingPlace, message: Message): Picture | null {
  return service === 'webhook' && picture ? message.picture : null;
}
