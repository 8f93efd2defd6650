import { isAbsolute } from 'node:path';
import { type BatchConfig, type BlenderInfo, DEFAULT_CONFIG } from '../../shared/batch.ts';
import { defaultBlender } from '../../shared/blender-install.ts';
import type { BatchJob } from '../../shared/job.ts';
import { blenderSaidOf, otherBlenderOf } from '../../shared/shot-blender.ts';
import { blenderInfo, executableOf } from '../blender/find-blender.ts';
import { savedBy } from '../blender/saved-by.ts';
import type { Answer } from '../blender/types.ts';
import { type BlenderChoice, blenderFor } from './blender-for.ts';
import { blenderCandidates, blenderInstalls } from './blender-installs.ts';
import { blenderNotTrusted, noBlender } from './frame/failures.ts';

type Asked = Partial<Pick<BatchConfig, 'blenderPath' | 'otherBlender' | 'trusted'>>;

export interface BlenderPorts {
  /** The one that is coming up already and says which it is; `null`: none does. */
  readonly first?: () => Promise<BlenderInfo | null>;
  /** Those of this machine, newest first; not there: they are looked for. */
  readonly installs?: InstallsOf | undefined;
}

export type InstallsOf = () => Promise<readonly BlenderInfo[]>;

/**
 * Which Blender each shot of a run, or of a look at a folder, is opened with. What this machine has is found out once,
 * and only as far as it matters: where one Blender is asked for, or only one is there, no other is started.
 */
export class Blenders {
  readonly #config: Required<Asked>;
  readonly #ports: BlenderPorts;
  #standard: Promise<Answer<BlenderInfo>> | null = null;
  #all: Promise<readonly BlenderInfo[]> | null = null;
  readonly #atPath = new Map<string, Promise<Answer<BlenderInfo>>>();
  /** What those said of themselves that turned out to be other ones when they came up, by path. */
  readonly #now = new Map<string, string>();
  readonly #given = new Map<string, BlenderChoice>();

  constructor({ blenderPath, otherBlender, trusted }: Asked, ports: BlenderPorts = {}) {
    this.#config = {
      // A variable that is set to nothing says nothing.
      blenderPath: blenderPath ?? (process.env.NIGHTSHIFT_BLENDER || null),
      otherBlender: otherBlender ?? DEFAULT_CONFIG.otherBlender,
      trusted: trusted ?? DEFAULT_CONFIG.trusted,
    };
    this.#ports = ports;
  }

  /** Whether one is asked for all shots that say nothing. */
  get isAsked(): boolean {
    return this.#config.blenderPath !== null;
  }

  /** The one of shots that say nothing and that no version is known of. */
  standard(): Promise<Answer<BlenderInfo>> {
    this.#standard ??= this.#findStandard();
    return this.#standard;
  }

  /** Chooses anew, by what the .blend says now; never opens it. */
  async choose(job: BatchJob): Promise<BlenderChoice> {
    const choice = await this.#choose(job);
    this.#given.set(job.id, choice);
    return choice;
  }

  /** What was chosen for a job last: lanes that come to help take the same one. */
  given(jobId: string): BlenderChoice | undefined {
    return this.#given.get(jobId);
  }

  /** The Blender at a path is of this version by now: somebody has updated it. */
  isNow(path: string, version: string): void {
    this.#now.set(path, version);
  }

  async #choose(job: BatchJob): Promise<BlenderChoice> {
    const blend = job.shotConfig?.blend ?? null;
    const says = blenderSaidOf(job);
    const facts = {
      name: job.name,
      savedBy: blend === null ? null : await savedBy(blend),
      says,
      begunBy: begunBy(job),
      framesBy: (versions: readonly string[]) => framesBy(job, versions),
      otherBlender: otherBlenderOf(job, this.#config.otherBlender),
    };
    if (says !== null && isAbsolute(says)) {
      if (!this.#config.trusted) return { ok: false, failure: blenderNotTrusted(says) };
      const found = await this.#at(says);
      if (!found.ok) return found;
      const value = this.#asItIs(found.value);
      return blenderFor({ ...facts, says: value.version }, { all: [value], asked: null });
    }
    const standard = await this.standard();
    if (says === null && !standard.ok) return standard;
    const asked = this.isAsked && standard.ok ? this.#asItIs(standard.value) : null;
    // Who asked for one for all is not kept waiting for the others, which nothing asks for.
    const all = says === null && asked ? [asked] : await this.#found();
    return blenderFor(facts, { all: all.map((one) => this.#asItIs(one)), asked });
  }

  #found(): Promise<readonly BlenderInfo[]> {
    this.#all ??= this.#findAll();
    return this.#all;
  }

  async #findStandard(): Promise<Answer<BlenderInfo>> {
    const first = await this.#ports.first?.();
    if (first) return { ok: true, value: first };
    if (this.#config.blenderPath !== null) return blenderInfo(this.#config.blenderPath);
    const { installs } = this.#ports;
    const newest = installs
      ? (await installs())[0]
      : defaultBlender((await blenderInstalls()).found);
    return newest ? { ok: true, value: newest } : { ok: false, failure: noBlender() };
  }

  async #findAll(): Promise<readonly BlenderInfo[]> {
    if (this.#ports.installs) return this.#ports.installs();
    const isOnly =
      this.#config.blenderPath === null && (await likelyBlender(this.#config)) !== null;
    if (!isOnly) return (await blenderInstalls()).found;
    const standard = await this.standard();
    return standard.ok ? [standard.value] : [];
  }

  #at(path: string): Promise<Answer<BlenderInfo>> {
    const known = this.#atPath.get(path) ?? blenderInfo(path);
    this.#atPath.set(path, known);
    return known;
  }

  #asItIs(blender: BlenderInfo): BlenderInfo {
    const { path } = blender;
    return { path, version: this.#now.get(path) ?? blender.version };
  }
}

/** The Blender that all shots will get, where that is clear without asking any of them. */
export async function likelyBlender(
  config: Pick<BatchConfig, 'blenderPath'>,
): Promise<string | null> {
  const asked = config.blenderPath ?? process.env.NIGHTSHIFT_BLENDER;
  if (asked) return executableOf(asked);
  const [only, another] = await blenderCandidates();
  return only !== undefined && another === undefined ? only : null;
}

function begunBy({ frames }: BatchJob): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  for (const [version, count] of frames.blenders) if (version !== null) known.set(version, count);
  return known;
}

function framesBy({ frames, plan }: BatchJob, versions: readonly string[]): readonly number[] {
  return [...frames.inState('done')].flatMap(([index, { record }]) => {
    const number = plan?.frames[index];
    return number !== undefined && versions.includes(record.blender ?? '') ? [number] : [];
  });
}
