import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { CONTENT_SECURITY_POLICY, resourceAt, SCHEME } from './resource.ts';

/** Must run before the app is ready. */
export function claimScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built window, and nothing else of the disk. */
export function serveWindow(root: string): void {
  protocol.handle(SCHEME, async (request) => {
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
