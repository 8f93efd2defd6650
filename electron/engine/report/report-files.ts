import { basename, dirname, extname, join } from 'node:path';

/** The folder beside a report in which its pictures are: `night.md` has `night-pictures`. */
export function pictureFolder(report: string): string {
  return join(dirname(report), `${basename(report, extname(report))}-pictures`);
}

/** A file name that every system takes, for the picture of the shot at a place (from 0) of the batch. */
export function pictureName(place: number, shot: string): string {
  const plain = shot.normalize('NFKD').replace(/[^A-Za-z0-9_-]+/gu, '-');
  const name = plain.replace(/^-+|-+$/gu, '').slice(0, 60);
  return `${String(place + 1).padStart(3, '0')}${name === '' ? '' : `-${name}`}.jpg`;
}

/** A file beside the report as the destination of a Markdown link, whatever is in its name. */
export function linkTo(...parts: readonly string[]): string {
  return parts.map(encoded).join('/');
}

function encoded(part: string): string {
  return encodeURIComponent(part.replace(/\p{Cs}/gu, '\uFFFD')).replace(
    /[()!'*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
