import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchJob, FrameRecord } from '../../../shared/job.ts';
import { sideBySide } from '../side-by-side.ts';
import { type ContactFrame, contactFrames } from './contact-frames.ts';
import { contactStrip } from './contact-strip.ts';
import { pictureName } from './report-files.ts';

/** Gives the picture of a frame that is done, in any format that sharp reads; `null` where there is none. */
export type PictureOf = (
  job: BatchJob,
  frame: number,
  record: FrameRecord,
) => Promise<Uint8Array | null>;

/** What a contact sheet holds of one shot. */
export interface ContactStrip {
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
