import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Failure } from '../../../shared/failure.ts';
import { frameFile } from '../../../shared/frame-file.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob, FramePlan, ShotWarning } from '../../../shared/job.ts';
import { writesSameFiles } from '../failures.ts';
import { FileLooks } from '../folder/file-cache.ts';
import { folded } from '../folder/names.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import { placesOfFrames } from './output-claims.ts';

/** A shot that writes certain files, and which frames of them. */
interface Writer {
  readonly name: string;
  readonly plan: FramePlan;
  /** Absolute. Only the checkpoint knows it: it takes no part in this run, and its file may be deleted since. */
  readonly shotFile: string | null;
}

type Shot = Pick<BatchJob, 'id' | 'name' | 'shotFile' | 'shotConfig'>;

/** What is known of a shot from before. */
export type ShotBefore = Shot & Pick<BatchJob, 'plan' | 'counts'>;

/**
 * Which shot of a batch writes which files. What shot files say is compared when they are read; where a scene
 * says it, it is known only once that was opened. Who comes first keeps its files, also when it has ended.
 */
export class SameFiles {
  readonly #batch: () => readonly ShotBefore[];
  /** By place, and then by the id of the job. */
  readonly #writers = new Map<string, Map<string, Writer>>();
  /** By the id of the job. */
  readonly #places = new Map<string, readonly string[]>();
  readonly #beside = new Map<string, Map<string, Writer>>();
  readonly #known = new Map<boolean, Promise<void>>();

  /** @param batch the shots with what was rendered of them before, also those that take no part; asked once */
  constructor(batch: () => readonly ShotBefore[]) {
    this.#batch = batch;
  }

  /** Takes the files of a plan for a job, instead of what it had; or says which other shot has them. */
  async take(job: Shot, plan: FramePlan): Promise<Failure | null> {
    await this.#learn(true);
    if (asksScene(job)) await this.#learn(false);
    return this.#take(job, plan, await placesOfFrames(plan));
  }

  /**
   * Takes what a job's compositor writes beside its frames, and tells if other shots write the same.
   * @param stems absolute paths without the number of the frame
   */
  async takeBeside(
    job: Shot,
    plan: FramePlan,
    stems: readonly string[],
  ): Promise<readonly ShotWarning[]> {
    const looks = new FileLooks();
    const others = new Map<string, string>();
    let first: { readonly stem: string; readonly frames: readonly number[] } | null = null;
    for (const stem of stems) {
      const place = folded(`${await looks.realPlace(dirname(stem))}/${basename(stem)}`);
      const writers = this.#beside.get(place) ?? new Map<string, Writer>();
      this.#beside.set(place, writers);
      for (const [id, other] of writers) {
        const frames = id === job.id ? [] : sameFrames(other.plan, plan);
        if (frames.length === 0) continue;
        others.set(id, other.name);
        first ??= { stem, frames };
      }
      writers.set(job.id, { name: job.name, plan, shotFile: null });
    }
    return first ? [writtenBeside([...others.values()], first.stem, first.frames)] : [];
  }

  /** Takes what shots have rendered before. Of two that say their path themselves it was compared already. */
  #learn(fromScene: boolean): Promise<void> {
    const known = this.#known.get(fromScene) ?? this.#takeKnown(fromScene);
    this.#known.set(fromScene, known);
    return known;
  }

  async #takeKnown(fromScene: boolean): Promise<void> {
    const looks = new FileLooks();
    const done = this.#batch().filter(
      (job) => job.plan !== null && job.counts.done > 0 && asksScene(job) === fromScene,
    );
    const places = await sideBySide(done, ({ plan }) => placesOfFrames(plan as FramePlan, looks));
    // One after the other, as they stand in the batch: the first one of two keeps its files.
    for (const [index, job] of done.entries()) {
      const plan = job.plan as FramePlan;
      const own = places[index] ?? [];
      if (!this.#rivalOf(job, plan, own)) this.#put(job, plan, own);
    }
  }

  async #take(job: Shot, plan: FramePlan, places: readonly string[]): Promise<Failure | null> {
    let rival = this.#rivalOf(job, plan, places);
    while (rival) {
      const { id, writer, frames } = rival;
      const isThere = writer.shotFile === null || (await exists(writer.shotFile));
      if (isThere) return writesSameFiles(plan, writer.name, frames);
      this.#letGo(id);
      rival = this.#rivalOf(job, plan, places);
    }
    this.#put(job, plan, places);
    return null;
  }

  #rivalOf(job: Shot, plan: FramePlan, places: readonly string[]) {
    for (const [id, writer] of places.flatMap((place) => [...(this.#writers.get(place) ?? [])])) {
      const frames = id === job.id ? [] : sameNames(writer.plan, plan);
      if (frames.length > 0) return { id, writer, frames };
    }
    return null;
  }

  #put({ id, name, shotFile, shotConfig }: Shot, plan: FramePlan, places: readonly string[]): void {
    this.#letGo(id);
    this.#places.set(id, places);
    const writer = { name, plan, shotFile: shotConfig === null ? shotFile : null };
    for (const place of places) {
      const writers = this.#writers.get(place) ?? new Map<string, Writer>();
      this.#writers.set(place, writers.set(id, writer));
    }
  }

  #letGo(jobId: string): void {
    for (const place of this.#places.get(jobId) ?? []) this.#writers.get(place)?.delete(jobId);
    this.#places.delete(jobId);
  }
}

/** Also where nobody knows whether it does. */
function asksScene({ shotConfig }: Shot): boolean {
  return shotConfig === null || shotConfig.output.directory === null;
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** Frames of a plan whose files have the names of another plan's. */
function sameNames(one: FramePlan, plan: FramePlan): readonly number[] {
  const names = new Set(one.frames.map((frame) => folded(frameFile(one, frame))));
  return plan.frames.filter((frame) => names.has(folded(frameFile(plan, frame))));
}

function sameFrames(one: FramePlan, plan: FramePlan): readonly number[] {
  const frames = new Set(one.frames);
  return plan.frames.filter((frame) => frames.has(frame));
}

function writtenBeside(
  names: readonly string[],
  stem: string,
  frames: readonly number[],
): ShotWarning {
  const which = `frame${frames.length === 1 ? '' : 's'} ${formatFrames(frames)}`;
  const more = names.length > 1 ? ` and ${names.length - 1} more` : '';
  return {
    cause: 'duplicate-output',
    message: `The compositor writes files that the compositor of the shot “${names[0]}”${more} writes too, such as ${stem}#### of ${which}: the one that is rendered last stays. Give each of them another path in its File Output node.`,
  };
}
