import { savedText } from '../../shared/older-files.ts';
import { isolated } from '../../shared/safe-text.ts';
import type { ResumeCard } from '../../shared/view.ts';
import { clockWithDay, counted } from '../text/format.ts';

/** What the checkpoint and the disk say after a crash, good news first. */
export function resumeChecks(
  card: ResumeCard,
): readonly { readonly good: boolean; readonly text: string }[] {
  const checks: { good: boolean; text: string }[] = [];
  const say = (good: boolean, text: string) => checks.push({ good, text });
  if (card.framesWhole > 0)
    say(
      true,
      `${card.framesWhole > 1 ? 'All ' : ''}${counted(card.framesWhole, 'frame')} checked: whole and unchanged since`,
    );
  for (const { name, frames } of card.stale)
    say(
      false,
      `${isolated(name)} has changed: its ${counted(frames, 'frame')} will be rendered again`,
    );
  for (const older of card.older)
    say(
      false,
      `${isolated(older.name)}: ${savedText(older, (at) => `at ${clockWithDay(at, Date.now())}`)}; ${older.frames === 1 ? 'it stays' : 'they stay'}, and the rest is rendered from the file as it is now`,
    );
  if (card.framesLost > 0)
    say(
      false,
      `${counted(card.framesLost, 'finished frame')} gone from disk or changed since: rendered again`,
    );
  if (card.linesSetAside > 0)
    say(
      false,
      `${counted(card.linesSetAside, 'line')} of the record could not be read and ${card.linesSetAside === 1 ? 'was' : 'were'} kept aside; the frames on disk were checked instead`,
    );
  say(
    true,
    card.orphansStopped > 0
      ? `${counted(card.orphansStopped, 'Blender')} left running from before ${card.orphansStopped === 1 ? 'was' : 'were'} stopped`
      : 'No Blender left running from before',
  );
  return checks;
}

/** The heading of the resume card. `now`: ms since 1970. */
export function resumeTitle(name: string, card: ResumeCard, now: number): string {
  if (card.drivenBy !== null) return `${isolated(name)} is being rendered already`;
  const at = card.stoppedAt === null ? '' : ` at ${clockWithDay(card.stoppedAt, now)}`;
  return `${isolated(name)} was interrupted${at}`;
}

/** Under the heading of the resume card. */
export function interruptedText(card: ResumeCard): string {
  if (card.drivenBy !== null) {
    return `By ${card.drivenBy}. Wait until it has finished, or cancel it there, then resume here; this is how far it was when the folder was opened.`;
  }
  const { framesUnfinished: open } = card;
  const while_ =
    open > 0 ? ` while ${counted(open, 'frame')} ${open === 1 ? 'was' : 'were'} rendering` : '';
  return `Nightshift stopped${while_}. Everything finished before is safe.`;
}
