import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import { decoder } from '../proof/decode.ts';
import { counted, inline, linkTo, localTime } from './escape.ts';

/** Resolves with the picture of a finished frame, in any format that sharp reads; `null`: there is none. */
export type PictureOf = (
  job: BatchJob,
  frame: number,
  record: FrameRecord,
) => Promise<Uint8Array | null>;

/** One shot of a contact sheet. */
interface ContactStrip {
  readonly job: BatchJob;
  /** Name of the picture; `null`: none could be made. */
  readonly file: string | null;
  readonly shown: readonly number[];
  /** Frames whose file is gone, changed or can't be read. */
  readonly missing: readonly number[];
}

export interface ContactSheet {
  /** Shots with a finished frame; failed ones first, else in the order of the batch. */
  readonly strips: readonly ContactStrip[];
  /** Shots that were too many, or for which there was no time. */
  readonly more: number;
}

/** A longer page would not be read. */
export const MOST_STRIPS = 200;

const SHOTS_AT_ONCE = 4;

/**
 * Writes a picture of each shot into `folder`, which is made if there is a picture. Throws what the disk says.
 * @param mayGoOn asked before each shot
 */
export async function makeContactSheet(
  jobs: readonly BatchJob[],
  folder: string,
  pictureOf: PictureOf,
  mayGoOn: () => boolean,
): Promise<ContactSheet> {
  const all = jobs
    .map((job, place) => ({ job, file: pictureName(place, job.name), frames: contactFrames(job) }))
    .filter(({ frames }) => frames.length > 0)
    .sort((a, b) => Number(b.job.status === 'failed') - Number(a.job.status === 'failed'));
  const made = await sideBySide(
    all.slice(0, MOST_STRIPS),
    async ({ job, file, frames }): Promise<ContactStrip | null> => {
      if (!mayGoOn()) return null;
      const read = frames.map(async ({ frame, record }) => {
        const picture = await pictureOf(job, frame, record);
        return picture ? [{ frame, picture }] : [];
      });
      const found = (await Promise.all(read)).flat();
      const pictures = found.map(({ picture }) => picture);
      const strip = pictures.length > 0 ? await contactStrip(pictures).catch(() => null) : null;
      if (strip) {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, file), strip);
      }
      const shown = strip ? found.map(({ frame }) => frame) : [];
      const missing = frames.map(({ frame }) => frame).filter((frame) => !shown.includes(frame));
      return { job, file: strip && file, shown, missing };
    },
    SHOTS_AT_ONCE,
  );
  const strips = made.filter((strip) => strip !== null);
  return { strips, more: all.length - strips.length };
}

/** Returns a file name that every system takes, for the shot at a place (from 0) of the batch. */
function pictureName(place: number, shot: string): string {
  const plain = shot.normalize('NFKD').replace(/[^A-Za-z0-9_-]+/gu, '-');
  const name = plain.replace(/^-+|-+$/gu, '').slice(0, 60);
  return `${String(place + 1).padStart(3, '0')}${name === '' ? '' : `-${name}`}.jpg`;
}

/** Returns the contact sheet as Markdown. @param folder the folder of the pictures, as seen from the report */
export function contactSection({ strips, more }: ContactSheet, folder: string): string {
  return [
    'The first, the middle and the last frame of each shot that are done.',
    ...strips.flatMap((strip) => stripLines(strip, folder)),
    ...(more > 0
      ? [
          `And ${counted(more, 'more shot')} without a picture here: their frames are in the output folder.`,
        ]
      : []),
  ].join('\n\n');
}

function stripLines({ job, file, shown, missing }: ContactStrip, folder: string): string[] {
  const one = missing.length === 1;
  const caption = [
    `${counted(job.counts.done, 'frame')} of ${job.counts.total}`,
    ...(job.status === 'failed' ? ['**failed**'] : []),
    doneText(job),
    ...(missing.length > 0
      ? [
          `no picture of ${framesText(missing)}: the ${one ? 'file is' : 'files are'} gone, changed or can't be read`,
        ]
      : []),
  ];
  const head = `**${inline(job.name)}**: ${caption.join(', ')}`;
  const alt = inline(`${job.name}, ${framesText(shown)}`);
  return file === null ? [head] : [head, `![${alt}](${linkTo(folder, file)})`];
}

function framesText(frames: readonly number[]): string {
  return `${frames.length === 1 ? 'frame' : 'frames'} ${formatFrames(frames)}`;
}

/** When its frames were verified. */
function doneText(job: BatchJob): string {
  const times = framesIn(job, 'done').map(({ state }) => state.record.at);
  const ends = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const [from, to] = ends.map((at) => localTime(at).slice(0, -3));
  return from === to ? `done ${from}` : `done from ${from} to ${to}`;
}

interface ContactFrame {
  readonly frame: number;
  readonly record: FrameRecord;
}

/** Returns the first, the middle and the last of the finished frames; fewer if fewer are finished. */
export function contactFrames({ plan, frames }: BatchJob): readonly ContactFrame[] {
  const first = frames.nextIndex('done');
  if (first === -1) return [];
  const last = frames.lastIndex('done');
  const middle = Math.floor((first + last) / 2);
  const inner = [frames.lastIndex('done', middle), frames.nextIndex('done', middle)]
    .filter((index) => index > first && index < last)
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  return [...new Set([first, ...inner.slice(0, 1), last])].flatMap((index) => {
    const state = frames.get(index);
    const frame = plan?.frames[index];
    return frame === undefined || state?.status !== 'done' ? [] : [{ frame, record: state.record }];
  });
}

/** The most pixels of a picture in a strip. */
const CELL = { width: 320, height: 180 } as const;
const GAP = 6;
/** As dark as the window, so that the strip looks the same on a light and on a dark page. */
const GROUND = '#15171b';

/** Puts pictures side by side as JPEG, none larger than it was. Rejects if one can't be decoded. */
async function contactStrip(pictures: readonly Uint8Array[]): Promise<Buffer> {
  const sharp = await decoder();
  const cells = await Promise.all(
    pictures.map((picture) =>
      sharp(picture)
        .resize(CELL.width, CELL.height, { fit: 'inside', withoutEnlargement: true })
        .png({ compressionLevel: 0 })
        .toBuffer({ resolveWithObject: true }),
    ),
  );
  const height = Math.max(...cells.map(({ info }) => info.height));
  let left = 0;
  const places = cells.map(({ data, info }) => {
    const place = { input: data, left, top: Math.floor((height - info.height) / 2) };
    left += info.width + GAP;
    return place;
  });
  const ground = { width: left - GAP, height, channels: 3, background: GROUND } as const;
  return sharp({ create: ground })
    .composite(places)
    .jpeg({ quality: 84, chromaSubsampling: '4:4:4' })
    .toBuffer();
}
