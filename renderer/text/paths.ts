import { isolated, printable } from '../../shared/safe-text.ts';
import type { ShotProblem } from '../../shared/shot.ts';

/** A path as it is said at home: `~/film/shots`. Windows has no such word, so there it stays whole. */
export function homePath(given: string, home: string | undefined): string {
  const path = printable(given);
  if (!home?.startsWith('/')) return path;
  const root = home.replace(/\/+$/, '');
  if (root === '' || !(path === root || path.startsWith(`${root}/`))) return path;
  return `~${path.slice(root.length)}`;
}

/** A path as it is said inside of a folder; whole where it lies elsewhere. */
export function pathIn(folder: string, given: string): string {
  const path = printable(given);
  const rest = path.slice(folder.length);
  return path.startsWith(folder) && /^[\\/]./.test(rest) ? rest.slice(1) : path;
}

/** Where a problem stands: `shots/hero.yaml, line 4:7`. */
export function placeText({ file, line, column }: ShotProblem): string {
  const shown = isolated(printable(file));
  if (line === null) return shown;
  return `${shown}, line ${line}${column === null ? '' : `:${column}`}`;
}
