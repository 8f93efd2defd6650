import type { ShotProblem } from '../../shared/shot.ts';

/** Where a problem stands: `shots/hero.yaml, line 4:7`. */
export function placeText({ file, line, column }: ShotProblem): string {
  if (line === null) return file;
  return `${file}, line ${line}${column === null ? '' : `:${column}`}`;
}
