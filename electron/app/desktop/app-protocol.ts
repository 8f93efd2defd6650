import { readFile } from 'node:fs/promises';
import { extname, isAbsolute, relative, resolve } from 'node:path';
import { app, protocol, type Session, shell } from 'electron';
import { THUMBNAIL_PATH, THUMBNAIL_SIZES, type ThumbnailWish } from '../../../shared/thumbnail.ts';

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

/**
 * Serves the built window, and nothing else of the disk.
 * @param thumbnail the picture that a wish asks for; `null` where there is none
 */
export function serveWindow(
  root: string,
  thumbnail: (wish: ThumbnailWish) => Promise<Uint8Array | null>,
): void {
  protocol.handle(SCHEME, async (request) => {
    const wish = wishOf(request.url);
    if (wish) return pictureResponse(await thumbnail(wish));
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

/** Its URL changes with the picture, so the window may keep it. */
function pictureResponse(picture: Uint8Array | null): Response {
  if (!picture) return new Response('Not found', { status: 404 });
  return new Response(new Uint8Array(picture), {
    headers: {
      'content-type': 'image/webp',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, max-age=31536000, immutable',
    },
  });
}

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

/** What a URL of ours asks for; `null` if it is anything else than a thumbnail. */
export function wishOf(url: string): ThumbnailWish | null {
  if (!URL.canParse(url)) return null;
  const { protocol, host, pathname, searchParams } = new URL(url);
  if (`${protocol}//${host}` !== ORIGIN || !pathname.startsWith(THUMBNAIL_PATH)) return null;
  const parts = PLACE.exec(pathname.slice(THUMBNAIL_PATH.length));
  const size = THUMBNAIL_SIZES.find((each) => each === searchParams.get('size'));
  if (!parts || !size) return null;
  const [, batchId = '', jobId = '', frame] = parts;
  return { batchId, jobId, frame: Number(frame), size };
}

/** Batch, job, frame, in the form that IPC demands, too. */
const PLACE = /^([A-Za-z0-9_-][A-Za-z0-9._-]{0,119})\/([0-9a-f]{12})\/(-?\d{1,7})$/;

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
