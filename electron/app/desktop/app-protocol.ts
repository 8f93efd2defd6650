import { readFile } from 'node:fs/promises';
import { app, protocol, type Session, shell } from 'electron';
import type { ThumbnailWish } from '../../../shared/thumbnail.ts';
import { wishOf } from '../thumbnails/frame-file.ts';
import { CONTENT_SECURITY_POLICY, resourceAt, SCHEME } from './resource.ts';

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
