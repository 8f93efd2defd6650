import { isAbsolute } from 'node:path';
import { type BatchConfig, type BlenderInfo, DEFAULT_CONFIG } from '../../../shared/batch.ts';
import { defaultBlender } from '../../../shared/blender-install.ts';
import { grouped } from '../../../shared/grouped.ts';
import type { HostConfig } from '../../../shared/hosts.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import { blenderSaidOf, otherBlenderOf } from '../../../shared/shot-blender.ts';
import { blenderInfo } from '../../blender/find-blender.ts';
import type { Host } from '../../blender/host.ts';
import { savedBy } from '../../blender/saved-by.ts';
import type { Answer } from '../../blender/types.ts';
import { blenderNotTrusted, noBlender } from '../failures.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import { type BlenderChoice, blenderFor, isFitting, type ShotFacts } from './blender-for.ts';
import { type BlenderSearch, searchBlenders } from './blender-installs.ts';
import { loneHost } from './seats.ts';

type Asked = HostConfig & Partial<Pick<BatchConfig, 'blenderPath' | 'otherBlender' | 'trusted'>>;

export interface BlenderPorts {
  /** Those of this machine, newest first; not there: they are looked for. */
  readonly installs?: InstallsOf | undefined;
  /** The app data directory, which keeps where they are and what they said; default `dataDirectory()`. */
  readonly data?: string | undefined;
}

/** What is known of the Blenders of this machine. */
export type BlendersHere = Pick<BlenderPorts, 'installs' | 'data'>;

/** @param again looks anew, and asks those that did not answer before */
export type InstallsOf = (again?: boolean) => Promise<readonly BlenderInfo[]>;

/** Scenes of which the first bytes are read side by side. */
const HEADERS_AT_ONCE = 16;

/**
 * Which Blender each shot of a run, or of a look at a folder, is opened with. What this machine has is found out once,
 * and only as far as it matters: where one Blender is asked for, no other is started. Where that
 * does not fit a shot, it is found out once more: one that was late, or is new, may be the right one.
 */
export class Blenders {
  readonly #config: Required<Omit<Asked, keyof HostConfig>>;
  /** Where they are started to be asked. */
  readonly #host: Host;
  readonly #ports: BlenderPorts;
  #standard: Promise<Answer<BlenderInfo>> | null = null;
  #installed: Promise<readonly BlenderInfo[]> | null = null;
  #search: Promise<BlenderSearch> | null = null;
  #again: Promise<void> | null = null;
  readonly #atPath = new Map<string, Promise<Answer<BlenderInfo>>>();
  /** What those said of themselves that turned out to be other ones when they came up, by path. */
  readonly #now = new Map<string, string>();
  readonly #given = new Map<string, BlenderChoice>();

  constructor(asked: Asked, ports: BlenderPorts = {}) {
    const { blenderPath, otherBlender, trusted } = asked;
    this.#config = {
      // A variable that is set to nothing says nothing.
      blenderPath: blenderPath ?? (process.env.NIGHTSHIFT_BLENDER || null),
      otherBlender: otherBlender ?? DEFAULT_CONFIG.otherBlender,
      trusted: trusted ?? DEFAULT_CONFIG.trusted,
    };
    this.#host = loneHost(asked);
    this.#ports = ports;
  }

  /** Whether one is asked for all shots that say nothing. */
  get isAsked(): boolean {
    return this.#config.blenderPath !== null;
  }

  /** The one of shots that say nothing and that no version is known of. */
  async standard(): Promise<Answer<BlenderInfo>> {
    this.#standard ??= this.#findStandard();
    const found = await this.#standard;
    if (found.ok || this.isAsked) return found;
    await this.#lookAgain();
    return this.#standard;
  }

  /** Chooses anew, by what the .blend says now; never opens it. */
  async choose(job: BatchJob): Promise<BlenderChoice> {
    const choice = await this.#choose(job);
    this.#given.set(job.id, choice);
    return choice;
  }

  /** Jobs with those of one Blender behind each other, for somebody who opens them one by one in one that stays up. */
  async grouped(jobs: readonly BatchJob[], signal?: AbortSignal): Promise<readonly BatchJob[]> {
    const choose = (job: BatchJob) => (signal?.aborted ? null : this.choose(job));
    const choices = await sideBySide(jobs, choose, HEADERS_AT_ONCE);
    const pathOf = ([, choice]: readonly [BatchJob, BlenderChoice | null]) =>
      choice?.ok ? choice.value.path : '';
    const pairs = jobs.map((job, at) => [job, choices[at] ?? null] as const);
    return [...grouped(pairs, pathOf).values()].flat().map(([job]) => job);
  }

  /** What was chosen for a job last: lanes that come to help take the same one. */
  given(jobId: string): BlenderChoice | undefined {
    return this.#given.get(jobId);
  }

  /** The artist tries again: one that was missing may be here now. */
  mayHaveChanged(): void {
    this.#again = null;
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
    const choice = await this.#among(facts);
    const isForAll = says === null && this.isAsked;
    if (isForAll || isFitting(choice, facts)) return choice;
    await this.#lookAgain();
    return this.#among(facts);
  }

  async #among(facts: ShotFacts): Promise<BlenderChoice> {
    const standard = await this.standard();
    if (facts.says === null && !standard.ok) return standard;
    const asked = this.isAsked && standard.ok ? this.#asItIs(standard.value) : null;
    // Who asked for one for all is not kept waiting for the others, which nothing asks for.
    const all = facts.says === null && asked ? [asked] : await this.#here();
    return blenderFor(facts, { all: all.map((one) => this.#asItIs(one)), asked });
  }

  /** Looks over the machine once more, and asks those again that did not answer; once, until something may have changed. */
  #lookAgain(): Promise<void> {
    this.#again ??= this.#anew();
    return this.#again;
  }

  async #anew(): Promise<void> {
    const { installs, data } = this.#ports;
    const standard = await (this.#standard ?? this.#findStandard());
    let found: readonly BlenderInfo[];
    if (installs) found = await installs(true);
    else {
      const search = await searchBlenders(data, { host: this.#host });
      const [only, another] = search.candidates;
      // The only one has said which it is.
      if (standard.ok && only === standard.value.path && another === undefined) return;
      found = (await search.ask({ again: true })).found;
    }
    this.#installed = Promise.resolve(found);
    const best = defaultBlender(found);
    if (!standard.ok && best) this.#standard = Promise.resolve({ ok: true, value: best });
  }

  async #findStandard(): Promise<Answer<BlenderInfo>> {
    if (this.#config.blenderPath !== null) return blenderInfo(this.#config.blenderPath, this.#host);
    const newest = defaultBlender(await this.#here());
    return newest ? { ok: true, value: newest } : { ok: false, failure: noBlender() };
  }

  #here(): Promise<readonly BlenderInfo[]> {
    this.#installed ??= this.#ports.installs?.() ?? this.#asked();
    return this.#installed;
  }

  async #asked(): Promise<readonly BlenderInfo[]> {
    return (await (await this.#looked()).ask()).found;
  }

  #looked(): Promise<BlenderSearch> {
    this.#search ??= searchBlenders(this.#ports.data, { host: this.#host });
    return this.#search;
  }

  #at(path: string): Promise<Answer<BlenderInfo>> {
    const known = this.#atPath.get(path) ?? blenderInfo(path, this.#host);
    this.#atPath.set(path, known);
    return known;
  }

  #asItIs(blender: BlenderInfo): BlenderInfo {
    const { path } = blender;
    return { path, version: this.#now.get(path) ?? blender.version };
  }
}

function begunBy({ frames }: BatchJob): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  for (const [version, count] of frames.blenders) if (version !== null) known.set(version, count);
  return known;
}

function framesBy(job: BatchJob, versions: readonly string[]): readonly number[] {
  return framesIn(job, 'done').flatMap(({ frame, state }) =>
    versions.includes(state.record.blender ?? '') ? [frame] : [],
  );
}
