import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameList } from '../../../shared/frame-list.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import { decoder } from '../proof/decode.ts';
import { counted, inline, localTime } from './escape.ts';
import { linkTo, pictureName } from './report-files.ts';

/** Gives the picture of a frame that is done, in any format that sharp reads; `null` where there is none. */
export type PictureOf = (
  job: BatchJob,
  frame: number,
  record: FrameRecord,
) => Promise<Uint8Array | null>;

/** What a contact sheet holds of one shot. */
interface ContactStrip {
  readonly job: BatchJob;
  /** File name in the folder of pictures; `null`: no picture could be made. */
  readonly file: string | null;
  /** Those in the picture. */
  readonly shown: readonly ContactFrame[];
  /** Those whose file is gone, changed or can't be read. */
  readonly missing: readonly number[];
}

export interface ContactSheet {
  /** Of shots with a frame that is done; failed ones first, else in the order of the batch. */
  readonly strips: readonly ContactStrip[];
  /** Shots that have frames and no place here: there are too many, or there was no time for them. */
  readonly more: number;
}

/** More than these nobody looks through on one page. */
export const MOST_STRIPS = 200;

const SHOTS_AT_ONCE = 4;

/**
 * Writes a picture of each shot into `folder`, which is made where there is something to write. Throws what the
 * disk says; what can't be read becomes no picture.
 * @param mayGoOn asked before each shot
 */
export async function makeContactSheet(
  jobs: readonly BatchJob[],
  folder: string,
  pictureOf: PictureOf,
  mayGoOn: () => boolean,
): Promise<ContactSheet> {
  const placed = jobs.map((job, place) => ({ job, place, frames: contactFrames(job) }));
  const all = failedFirst(placed.filter(({ frames }) => frames.length > 0));
  const made = await sideBySide(
    all.slice(0, MOST_STRIPS),
    async ({ job, place, frames }): Promise<ContactStrip | null> => {
      if (!mayGoOn()) return null;
      const pictures = await Promise.all(
        frames.map(({ frame, record }) => pictureOf(job, frame, record)),
      );
      const file = pictureName(place, job.name);
      const strip = await stripOf(frames, pictures);
      if (strip) {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, file), strip.picture);
      }
      const shown = strip?.shown ?? [];
      const missing = frames.filter((one) => !shown.includes(one)).map(({ frame }) => frame);
      return { job, file: strip && file, shown, missing };
    },
    SHOTS_AT_ONCE,
  );
  const strips = made.filter((strip) => strip !== null);
  return { strips, more: all.length - strips.length };
}

async function stripOf(
  frames: readonly ContactFrame[],
  pictures: readonly (Uint8Array | null)[],
): Promise<{ picture: Buffer; shown: readonly ContactFrame[] } | null> {
  const found = frames.flatMap((frame, index) => {
    const picture = pictures[index];
    return picture ? [{ frame, picture }] : [];
  });
  if (found.length === 0) return null;
  const picture = await contactStrip(found.map((one) => one.picture)).catch(() => null);
  return picture && { picture, shown: found.map(({ frame }) => frame) };
}

function failedFirst<T extends { readonly job: BatchJob }>(all: readonly T[]): readonly T[] {
  const isFailed = ({ job }: T) => job.status === 'failed';
  return [...all.filter(isFailed), ...all.filter((one) => !isFailed(one))];
}

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

/** A frame that stands for its shot. */
interface ContactFrame {
  readonly frame: number;
  readonly record: FrameRecord;
}

/**
 * The frames that stand for a shot: the first, the middle and the last of those that are done, in their
 * order; fewer where no more are done.
 */
export function contactFrames({ plan, frames }: BatchJob): readonly ContactFrame[] {
  const first = frames.nextIndex('done');
  if (first === -1) return [];
  const last = frames.lastIndex('done');
  const chosen = new Set([first, middleOf(frames, first, last) ?? first, last]);
  return [...chosen].flatMap((index) => {
    const state = frames.get(index);
    const frame = plan?.frames[index];
    return frame === undefined || state?.status !== 'done' ? [] : [{ frame, record: state.record }];
  });
}

/** The one nearest to the middle that is neither the first nor the last; `null`: there is none. */
function middleOf(frames: FrameList, first: number, last: number): number | null {
  const middle = Math.floor((first + last) / 2);
  const before = frames.lastIndex('done', middle);
  const after = frames.nextIndex('done', middle);
  const near = [before, after].filter((index) => index > first && index < last);
  near.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  return near[0] ?? null;
}

/** Pixels that a picture of a strip fills at most. */
const CELL = { width: 320, height: 180 } as const;
const GAP = 6;
/** As dark as the window, so that the strip looks the same on a light and on a dark page. */
const GROUND = '#15171b';

/** Pictures side by side in their order, as JPEG, none larger than it was. Rejects where one can't be decoded. */
async function contactStrip(pictures: readonly Uint8Array[]): Promise<Buffer> {
  const cells = await Promise.all(pictures.map(cellOf));
  const height = Math.max(...cells.map((cell) => cell.height));
  let left = 0;
  const places = cells.map((cell) => {
    const place = { input: cell.data, left, top: Math.floor((height - cell.height) / 2) };
    left += cell.width + GAP;
    return place;
  });
  const ground = { width: left - GAP, height, channels: 3, background: GROUND } as const;
  const sharp = await decoder();
  return sharp({ create: ground })
    .composite(places)
    .jpeg({ quality: 84, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

async function cellOf(picture: Uint8Array) {
  const { width, height } = CELL;
  const sharp = await decoder();
  const { data, info } = await sharp(picture)
    .resize(width, height, { fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 0 })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
