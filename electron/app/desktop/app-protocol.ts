import { readFile } from 'node:fs/promises';
import { extname, isAbsolute, relative, resolve } from 'node:path';
import { app, protocol, type Session, shell } from 'electron';
import {
  FILM_PATH,
  type FilmWish,
  MOST_PIXELS,
  PIXELS_PATH,
  type PixelWish,
  type Region,
} from '../../../shared/picture.ts';
import {
  STAND_IN_PATH,
  type StandInWish,
  THUMBNAIL_PATH,
  THUMBNAIL_SIZES,
  type ThumbnailWish,
} from '../../../shared/thumbnail.ts';

/** Where the window lives: a scheme and host of our own, so that no web page and no file shares its origin. */
const SCHEME = 'app';
export const ORIGIN = 'app://nightshift';

/** Scripts, styles, fonts and pictures of the bundle only; nothing from the net, nothing inline. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Must run before the app is ready. */
export function claimScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** What a wish asks for; `null` where there is none. */
export interface Pictures {
  readonly shown: (wish: ThumbnailWish) => Promise<Uint8Array | null>;
  readonly standIn: (wish: StandInWish) => Promise<Uint8Array | null>;
  readonly film: (wish: FilmWish) => Promise<Uint8Array | null>;
  readonly pixels: (wish: PixelWish) => Promise<Uint8Array | null>;
}

/** Serves the built window and the pictures of frames, and nothing else of the disk. */
export function serveWindow(root: string, pictures: Pictures): void {
  protocol.handle(SCHEME, async (request) => {
    const wish = wishOf(request.url);
    if (wish) return answerTo(wish, pictures);
    const resource = resourceAt(root, request.url);
    const body = resource && (await readFile(resource.file).catch(() => null));
    if (!resource || !body) return new Response('Not found', { status: 404 });
    return new Response(new Uint8Array(body), {
      headers: {
        'content-type': resource.type,
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
      },
    });
  });
}

async function answerTo(wish: Wish, pictures: Pictures): Promise<Response> {
  const found = await oneOf(wish, pictures);
  if (!found) return new Response('Not found', { status: 404 });
  // The window itself keeps values and films as long as it needs them.
  const headers = wish.kind === 'pixels' || wish.kind === 'film' ? DATA : PICTURE;
  return new Response(new Uint8Array(found), { headers });
}

function oneOf(wish: Wish, pictures: Pictures) {
  if (wish.kind === 'pixels') return pictures.pixels(wish);
  if (wish.kind === 'film') return pictures.film(wish);
  return wish.kind === 'stand-in' ? pictures.standIn(wish) : pictures.shown(wish);
}

const DATA = {
  'content-type': 'application/octet-stream',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};
/** Its URL changes with the picture, so the window may keep it. */
const PICTURE = {
  'content-type': 'image/webp',
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, max-age=31536000, immutable',
};

export interface Resource {
  readonly file: string;
  readonly type: string;
}

/** The file that a URL of our scheme stands for; `null` if it names nothing inside `root`. */
export function resourceAt(root: string, url: string): Resource | null {
  const pathname = pathOf(url);
  if (pathname === null || pathname.includes('\0')) return null;
  const file = resolve(root, `.${pathname === '/' ? '/index.html' : pathname}`);
  const inside = relative(root, file);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) return null;
  const type = TYPES[extname(file).toLowerCase()];
  return type === undefined ? null : { file, type };
}

function pathOf(url: string): string | null {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}` === ORIGIN ? decodeURIComponent(pathname) : null;
  } catch {
    return null;
  }
}

type Wish =
  | ({ readonly kind: 'thumbnail' } & ThumbnailWish)
  | ({ readonly kind: 'stand-in' } & StandInWish)
  | ({ readonly kind: 'film' } & FilmWish)
  | ({ readonly kind: 'pixels' } & PixelWish);

/** What a URL of ours asks for; `null` if it is no picture. */
export function wishOf(url: string): Wish | null {
  if (!URL.canParse(url)) return null;
  const { protocol, host, pathname, searchParams } = new URL(url);
  if (`${protocol}//${host}` !== ORIGIN) return null;
  const found = ASKED.exec(pathname);
  if (!found) return null;
  const [, path, batchId = '', jobId = '', last = ''] = found;
  const of = { batchId, jobId };
  const size = THUMBNAIL_SIZES.find((each) => each === searchParams.get('size'));
  if (path === STAND_IN_PATH) {
    if (size === undefined) return null;
    return { kind: 'stand-in', ...of, of: last === SAVED ? SAVED : Number(last), size };
  }
  if (last === SAVED) return null;
  const frame = Number(last);
  if (path === FILM_PATH) return { kind: 'film', ...of, frame };
  if (path === THUMBNAIL_PATH) return size ? { kind: 'thumbnail', ...of, frame, size } : null;
  const asked = pixelsOf(searchParams);
  return asked && { kind: 'pixels', ...of, frame, ...asked };
}

const SAVED = 'saved';

/** Batch, job and frame, in the form that IPC demands, too. */
const ASKED = new RegExp(
  `^(${[THUMBNAIL_PATH, STAND_IN_PATH, FILM_PATH, PIXELS_PATH].join('|')})` +
    String.raw`([A-Za-z0-9_-][A-Za-z0-9._-]{0,119})/([0-9a-f]{12})/(-?\d{1,7}|${SAVED})$`,
);

function pixelsOf(query: URLSearchParams) {
  const layer = query.get('layer') ?? '';
  const size = [query.get('columns'), query.get('rows')].map((text) => wholeNumber(text));
  const [columns, rows] = size;
  const box = query.get('region')?.split(',').map(wholeNumber);
  if (!columns || !rows || columns > MOST_PIXELS || rows > MOST_PIXELS) return null;
  // As long as a name of a channel may be, and what we put before it.
  if (layer.length > 300 || (box && (box.length !== 4 || box.includes(null)))) return null;
  const replaced = query.get('replaced');
  if (replaced !== null && !/^\d{1,16}$/.test(replaced)) return null;
  const replacedAt = replaced === null ? null : Number(replaced);
  const [x = 0, y = 0, width = 0, height = 0] = (box ?? []) as number[];
  const region: Region | null = box ? { x, y, width, height } : null;
  return { layer, columns, rows, region, replacedAt };
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null;
}

/** Writing text to the clipboard is the one thing that the window may ask of the browser. */
const ALLOWED = 'clipboard-sanitized-write';

/** The window shows our own page and nothing else: no navigation, no new windows, no permissions. */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url);
      return { action: 'deny' };
    });
  });
}

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === ALLOWED),
  );
  session.setPermissionCheckHandler((_contents, permission) => permission === ALLOWED);
  session.setDevicePermissionHandler(() => false);
}

/** Only web pages may leave the app: a `file:` or program URL would run things. */
function openOutside(url: string): void {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') {
    shell.openExternal(url).catch((error: unknown) => console.error(error));
  }
}
