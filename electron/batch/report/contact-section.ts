import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { ContactSheet, ContactStrip } from './contact-sheet.ts';
import { inline } from './escape.ts';
import { counted } from './headline.ts';
import { localTime } from './local-time.ts';
import { linkTo } from './report-files.ts';

/** The contact sheet, a picture a shot. @param folder the folder of the pictures, as seen from the report */
export function contactSection({ strips, more }: ContactSheet, folder: string): string {
  const why = 'The first, the middle and the last frame of each shot that are done.';
  const rest =
    more > 0
      ? [
          `And ${counted(more, 'more shot')} without a picture here: their frames are in the output folder.`,
        ]
      : [];
  return [why, ...strips.flatMap((strip) => stripLines(strip, folder)), ...rest].join('\n\n');
}

function stripLines(
  { job, file, shown, missing }: ContactStrip,
  folder: string,
): readonly string[] {
  const caption = [
    `${counted(job.counts.done, 'frame')} of ${job.counts.total}`,
    ...(job.status === 'failed' ? ['**failed**'] : []),
    ...doneAt(job),
    ...(missing.length > 0 ? [missingText(missing)] : []),
  ];
  const head = `**${inline(job.name)}**: ${caption.join(', ')}`;
  if (file === null) return [head];
  return [head, `![${altText(job, shown)}](${linkTo(folder, file)})`];
}

function altText({ name }: BatchJob, shown: ContactStrip['shown']): string {
  const numbers = shown.map(({ frame }) => frame);
  return inline(`${name}, ${numbers.length === 1 ? 'frame' : 'frames'} ${formatFrames(numbers)}`);
}

function missingText(frames: readonly number[]): string {
  const one = frames.length === 1;
  return `no picture of ${one ? 'frame' : 'frames'} ${formatFrames(frames)}: the ${one ? 'file is' : 'files are'} gone, changed or can't be read`;
}

/** When its frames were proved whole, as the journal has it. */
function doneAt({ frames }: BatchJob): readonly string[] {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const [, { record }] of frames.inState('done')) {
    first = Math.min(first, record.at);
    last = Math.max(last, record.at);
  }
  if (last === 0) return [];
  const from = minute(first);
  const to = minute(last);
  return [from === to ? `done ${from}` : `done from ${from} to ${to}`];
}

function minute(at: number): string {
  return localTime(at).slice(0, -3);
}
