import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DEFAULT_CONFIG } from '../../shared/batch.ts';
import { FORMATS } from '../../shared/formats.ts';
import type { BatchJob, FramePlan } from '../../shared/job.ts';
import { framesIn } from '../../shared/job-state.ts';
import type { Answer } from '../blender/types.ts';
import { STALL_BOUNDS } from './lane/limits.ts';
import { publish } from './lib/publish.ts';
import { LoneBlender } from './preflight/lone-blender.ts';

/** A movie for looking, beside the frames of its shot. */
export interface ShotMovie {
  /** Absolute. */
  readonly file: string;
  /** Frames that it shows, those that are held among them. */
  readonly frames: number;
  readonly fps: number;
  /** Frames that are not there: the one before each is held, before the first the next one. */
  readonly held: readonly number[];
}

/** Where the movie of a shot goes: absolute. */
export function shotMovieFile({
  name,
  plan,
}: Pick<BatchJob, 'name'> & { readonly plan: FramePlan }) {
  return join(plan.directory, `${name}.mp4`);
}

/** What is played: a file for each frame of the plan. */
interface Playing {
  readonly files: readonly string[];
  readonly held: readonly number[];
}

/**
 * Makes an 8-bit PNG of a picture file that Blender's sequencer can't read. Rejects where it can't be read.
 */
export type MoviePicture = (file: string) => Promise<{
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}>;

/** One Blender that makes movies of shots, one after another. Close it. */
export class MovieMaker {
  private constructor(
    private readonly blenderPath: string,
    private readonly alone: LoneBlender,
    private readonly signal: AbortSignal,
    private readonly pictureOf: MoviePicture,
  ) {}

  /** Starts nothing yet. */
  static async of(
    blenderPath: string,
    signal: AbortSignal,
    pictureOf: MoviePicture,
  ): Promise<MovieMaker> {
    const config = { ...DEFAULT_CONFIG, factoryStartup: true };
    return new MovieMaker(blenderPath, await LoneBlender.of(config, signal), signal, pictureOf);
  }

  /**
   * Makes the movie of a shot with a plan, in place of one that is there. `null`: none of its frames is there. Throws what
   * the disk says.
   */
  async make(
    job: Pick<BatchJob, 'name' | 'frames'> & { readonly plan: FramePlan },
  ): Promise<Answer<ShotMovie> | null> {
    const { plan } = job;
    const playing = await playingOf(job);
    if (playing.files.length === 0) return null;
    const file = shotMovieFile(job);
    const staged = join(plan.directory, `.${randomUUID()}.mp4`);
    const limits = { signal: this.signal, timeoutMs: null, stallMs: STALL_BOUNDS.openMs };
    const temporary = join(this.alone.temporary, randomUUID());
    try {
      const shown = IS_UNREADABLE[plan.format]
        ? await this.#asPictures(playing.files, temporary)
        : { files: playing.files, ...plan, linear: FORMATS[plan.format].thumbnail === 'exr' };
      const worker = await this.alone.worker(this.blenderPath);
      if (!worker.ok) return worker;
      const made = await worker.value.movie(
        {
          frames: shown.files,
          file: staged,
          fps: plan.fps,
          ...sizeOf(shown),
          linear: shown.linear,
        },
        limits,
      );
      if (!made.ok) return made;
      await publish(staged, file);
    } finally {
      await rm(staged, { force: true });
      await rm(temporary, { recursive: true, force: true });
    }
    const { held, files } = playing;
    return { ok: true, value: { file, frames: files.length, fps: plan.fps, held } };
  }

  /** The frames as pictures of ours, each once. */
  async #asPictures(files: readonly string[], folder: string) {
    await mkdir(folder, { recursive: true });
    const made = new Map<string, string>();
    let size = { width: 2, height: 2 };
    for (const file of files) {
      if (made.has(file)) continue;
      this.signal.throwIfAborted();
      const { png, width, height } = await this.pictureOf(file);
      const path = join(folder, `${made.size}.png`);
      await writeFile(path, png);
      made.set(file, path);
      size = { width, height };
    }
    return { files: files.map((file) => made.get(file) ?? file), ...size, linear: false };
  }

  /** Resolves when no process is left. */
  close(): Promise<void> {
    return this.alone.close();
  }
}

/** Of the longer side: a movie for looking of 8000 pixels plays nowhere. */
const LONGEST = 3840;
/** Of each side: Blender encodes nothing smaller (“Image too small”). */
const LEAST = 16;

/** Pixels of the movie, and whether the frames are of other ones: H.264 takes even ones. */
export function sizeOf({ width, height }: Pick<FramePlan, 'width' | 'height'>) {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const even = (pixels: number) => Math.max(LEAST, 2 * Math.floor((pixels * scale) / 2));
  return {
    width: even(width),
    height: even(height),
    stretched: scale < 1 || Math.min(width, height) < LEAST,
  };
}

/** Formats that Blender's sequencer does not read: it shows them black (measured on 4.3.2). */
const IS_UNREADABLE: Partial<Record<FramePlan['format'], boolean>> = {
  OPEN_EXR_MULTILAYER: true,
};

/** Every frame of the plan as the file that is shown for it; none where no frame is there. */
async function playingOf(
  job: Pick<BatchJob, 'frames'> & { readonly plan: FramePlan },
): Promise<Playing> {
  const there = new Map<number, string>();
  for (const { frame, state } of framesIn(job as BatchJob, 'done')) {
    const { file, bytes } = state.record;
    // A journal is a text that anybody may have changed.
    if (basename(file) !== file) continue;
    const path = join(job.plan.directory, file);
    const found = await stat(path).catch(() => null);
    if (found?.isFile() && found.size === bytes) there.set(frame, path);
  }
  let [shown] = there.values();
  if (shown === undefined) return { files: [], held: [] };
  const files: string[] = [];
  for (const frame of job.plan.frames) {
    shown = there.get(frame) ?? shown;
    files.push(shown);
  }
  return { files, held: job.plan.frames.filter((frame) => !there.has(frame)) };
}
