import type { Failure } from '../../../shared/failure.ts';
import { patternAt } from '../../../shared/frame-file.ts';
import type { FramePlan } from '../../../shared/job.ts';
import { writtenByOther } from '../failures.ts';
import { FileLooks } from '../folder/file-cache.ts';
import { folded } from '../folder/names.ts';
import { realPlace } from '../folder/output-place.ts';
import { addressOf, type Lock, takeAddress } from '../journal/lock.ts';
import { SerialQueue } from '../lib/serial-queue.ts';
import { withHandles } from '../lib/with-handles.ts';
import { removeStaging } from '../proof/staging.ts';

interface Claim {
  readonly lock: Lock;
  /** Ids of the jobs of this run that write there: other frames of the same name, perhaps. */
  readonly jobs: Set<string>;
}

/**
 * The right to write files of a name in a folder, for the jobs of one run that are at work. The lock of a
 * batch keeps others from its checkpoint; this one keeps another batch, or the same one from another data
 * directory, from its frames. Works as that lock does, and shares its blind spots.
 */
export class OutputClaims {
  readonly #claims = new Map<string, Claim>();
  readonly #plans = new Map<string, FramePlan[]>();
  /** Nobody claims what is just being given back. */
  readonly #turns = new SerialQueue();

  /**
   * Claims what a job's plan writes, with its staging. Idempotent. Resolves with why it can't be had, and
   * rejects with what the system says if nothing can be locked.
   */
  claim(jobId: string, plan: FramePlan): Promise<Failure | null> {
    return this.#turns.take(async () => {
      for (const address of await addresses(plan)) {
        const failure = await this.#take(address, jobId, plan);
        if (failure === null) continue;
        if (!this.#plans.has(jobId)) await this.#unlock(jobId);
        return failure;
      }
      const plans = this.#plans.get(jobId) ?? [];
      this.#plans.set(jobId, [...plans, plan]);
      return null;
    });
  }

  /** Clears up what a job left in staging and gives back what it had claimed. Idempotent. */
  release(jobId: string): Promise<void> {
    return this.#turns.take(() => this.#release(jobId));
  }

  async releaseAll(): Promise<void> {
    await this.#turns.take(async () => {
      for (const jobId of [...this.#plans.keys()]) await this.#release(jobId);
    });
  }

  async #take(address: string, jobId: string, plan: FramePlan): Promise<Failure | null> {
    const known = this.#claims.get(address);
    known?.jobs.add(jobId);
    if (known) return null;
    const taken = await withHandles(() => takeAddress(address));
    if ('holder' in taken) return writtenByOther(plan, taken.holder);
    this.#claims.set(address, { lock: taken, jobs: new Set([jobId]) });
    return null;
  }

  async #release(jobId: string): Promise<void> {
    // While the lock still keeps everybody else out of the same staging.
    for (const plan of this.#plans.get(jobId) ?? []) await removeStaging(plan, jobId);
    this.#plans.delete(jobId);
    await this.#unlock(jobId);
  }

  async #unlock(jobId: string): Promise<void> {
    for (const [address, { lock, jobs }] of [...this.#claims]) {
      if (!jobs.delete(jobId) || jobs.size > 0) continue;
      this.#claims.delete(address);
      await lock.release();
    }
  }
}

/** What stands for the files of a plan: the same however its folder is written, and whatever their numbers. */
async function addresses(plan: FramePlan): Promise<string[]> {
  const { directory, movie } = plan;
  const places = [...(await placesOfFrames(plan))];
  if (movie) places.push(placeOf(await realPlace(directory), movie.file));
  return places.map((place) => addressOf(place));
}

/**
 * What stands for the frames of a plan, once for each pattern of their names.
 * @param looks what is known already, where many plans are looked at
 */
export async function placesOfFrames(
  plan: FramePlan,
  looks = new FileLooks(),
): Promise<readonly string[]> {
  const directory = await looks.realPlace(plan.directory);
  const patterns = new Set(plan.frames.map((frame) => patternAt(plan, frame)));
  return [...patterns].map((pattern) => {
    const frames = NUMBER.test(pattern) ? pattern.replace(NUMBER, '#') : `${pattern}#`;
    return placeOf(directory, frames + plan.extension);
  });
}

/** Where a pattern has the number of the frame. */
const NUMBER = /#+(?=[^#]*$)/u;

function placeOf(directory: string, name: string): string {
  return JSON.stringify(['writes', folded(directory), folded(name)]);
}
