import { isolated, printable } from '../../shared/safe-text.ts';
import type { ShotProblem } from '../../shared/shot.ts';

/** Where a problem stands: `shots/hero.yaml, line 4:7`. */
export function placeText({ file, line, column }: ShotProblem): string {
  const shown = isolated(printable(file));
  if (line === null) return shown;
  return `${shown}, line ${line}${column === null ? '' : `:${column}`}`;
}
