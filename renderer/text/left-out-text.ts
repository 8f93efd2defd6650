import type { LeftOutReason, LeftOutShot } from '../../shared/shot.ts';
import type { LeftOutCounts } from '../../shared/view.ts';
import { count, counted } from './format.ts';

/** `Left out: 4 older versions, 1 backup, 2 shots by hand`; `null`: the batch holds what the folder holds. */
export function leftOutText({ older, backups, byHand, takenIn }: LeftOutCounts): string | null {
  const parts = [
    older > 0 && counted(older, 'older version'),
    backups > 0 && counted(backups, 'backup'),
    byHand > 0 && `${counted(byHand, 'shot')} by hand`,
  ].filter(Boolean);
  if (parts.length > 0) return `Left out: ${parts.join(', ')}`;
  return takenIn > 0
    ? `${count(takenIn)} of these shots ${takenIn === 1 ? 'is an older version or a backup' : 'are older versions or backups'}`
    : null;
}

/** The one act that takes in what rules leave out; `null`: they leave nothing out. */
export function takeInAct({
  older,
  backups,
}: LeftOutCounts): { readonly words: string; readonly reasons: readonly LeftOutReason[] } | null {
  const reasons: readonly LeftOutReason[] = [
    ...(older > 0 ? (['older-version'] as const) : []),
    ...(backups > 0 ? (['backup', 'autosave'] as const) : []),
  ];
  if (reasons.length === 0) return null;
  const words =
    backups === 0 ? 'Take all versions in' : older === 0 ? 'Take backups in' : 'Take all in';
  return { words, reasons };
}

/** Why a file is left out, in a few words beside its name. */
export function whyLeftOut({ reason, newer, file }: LeftOutShot): string {
  if (reason === 'older-version') return `older than ${stem(newer ?? '')}`;
  if (reason === 'autosave') return 'saved by Blender itself';
  return reason === 'backup' ? `in ${file.slice(0, file.lastIndexOf('/'))}` : '';
}

function stem(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
}
