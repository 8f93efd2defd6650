import { printable } from '../../../shared/safe-text.ts';
import type { LeftOut, LeftOutReason } from '../../../shared/shot.ts';
import type { LeftOutCounts, LeftOutView } from '../../../shared/view.ts';

const NOTHING: LeftOut = { shots: [], takenIn: [], blendBackups: 0 };

export function leftOutCounts({ shots, takenIn }: LeftOut = NOTHING): LeftOutCounts {
  const of = (...reasons: readonly LeftOutReason[]) =>
    shots.filter(({ reason }) => reasons.includes(reason)).length;
  return {
    older: of('older-version'),
    backups: of('backup', 'autosave'),
    byHand: of('by-hand'),
    takenIn: takenIn.length,
  };
}

/** @param done frames that are recorded as done, by the id of the shot */
export function leftOutView(
  { shots, takenIn, blendBackups }: LeftOut = NOTHING,
  done: ReadonlyMap<string, number>,
): LeftOutView {
  return {
    shots: shots.map((shot) => ({
      ...shot,
      name: printable(shot.name),
      file: printable(shot.file),
      newer: shot.newer && printable(shot.newer),
      framesDone: done.get(shot.id) ?? 0,
    })),
    takenIn: takenIn.map(printable),
    blendBackups,
  };
}
