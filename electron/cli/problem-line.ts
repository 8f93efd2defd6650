import { join } from 'node:path';
import { printable } from '../../shared/printable.ts';
import type { ShotProblem } from '../../shared/shot.ts';

/** `shots/hero.yaml:3:5: error: …`: the form that terminals and editors make clickable. */
export function problemLine(folder: string, problem: ShotProblem): string {
  const { file, line, column, severity, message } = problem;
  const place = [join(folder, file), line, line === null ? null : column];
  const where = place.filter((part) => part !== null).join(':');
  return printable(`${where}: ${severity}: ${message}`);
}
