import { extname, isAbsolute, relative, resolve } from 'node:path';

/** Where the window lives: a scheme and host of our own, so that no web page and no file shares its origin. */
export const SCHEME = 'app';
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
