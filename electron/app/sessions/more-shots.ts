import type { Batch } from '../../../shared/batch.ts';
import { grouped } from '../../../shared/grouped.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import {
  type FileParts,
  isOffered,
  type Offers,
  SPLITS,
  type Split,
} from '../../../shared/more-shots.ts';
import { leftOutByHand, offeredOnce, partsOfFile } from '../../engine/index.ts';

/** Who has so many shots of one .blend wants no more of it. */
const MOST_SHOTS = 200;

/** What is asked of an open batch. */
interface SeenBatch {
  readonly batch: () => Pick<Batch, 'jobs' | 'leftOut' | 'test'>;
  readonly job: (jobId: string) => BatchJob | undefined;
  /** What its scene said when it was opened last; `null`: it was not opened. */
  readonly planOf: (job: BatchJob) => FramePlan | null;
}

/** What the .blends of an open batch hold besides its shots. Worked out where a scene was seen, and kept until then. */
export class MoreShots {
  readonly #parts = new Map<string, readonly FileParts[]>();
  #offers: Offers | null = null;
  #byBlend: ReadonlyMap<string, readonly BatchJob[]> = new Map();
  /** A batch grows by shots that join its run. */
  #of: readonly BatchJob[] = [];

  constructor(private readonly seen: SeenBatch) {}

  of(job: BatchJob): readonly FileParts[] {
    const known = this.#parts.get(job.id) ?? this.#partsOf(job);
    this.#parts.set(job.id, known);
    return known;
  }

  /** What can be made of a shot. */
  offered(job: BatchJob): readonly Split[] {
    return this.of(job).flatMap((parts) => (isOffered(parts) ? [parts.by] : []));
  }

  /** A scene was seen anew. Gives the ids of the shots of its file that may have something else to say for it. */
  changed(job: BatchJob): readonly string[] {
    const shots = this.#shotsWith(job);
    const hadMore = (this.#parts.get(job.id) ?? NOTHING).length > 0;
    this.#parts.delete(job.id);
    if (!(hadMore || this.#hasMore(job)) || shots.length > MOST_SHOTS) return [];
    for (const { id } of shots) this.#parts.delete(id);
    this.#offers = null;
    return shots.map(({ id }) => id);
  }

  #hasMore(job: BatchJob): boolean {
    const plan = this.seen.planOf(job);
    return plan?.scenes !== undefined || plan?.settings?.cameras !== undefined;
  }

  /** What can be made in the whole batch. */
  get offers(): Offers {
    this.#offers ??= this.#allOffers();
    return this.#offers;
  }

  #partsOf(job: BatchJob): readonly FileParts[] {
    const batch = this.seen.batch();
    const plan = this.seen.planOf(job);
    if (batch.test || !this.#hasMore(job)) return NOTHING;
    const shots = this.#shotsWith(job);
    if (shots.length > MOST_SHOTS) return NOTHING;
    const all = shots.map((each) => {
      const now = this.seen.job(each.id) ?? each;
      return { job: now, plan: this.seen.planOf(now) };
    });
    return partsOfFile({ job, plan }, all, leftOutByHand(batch));
  }

  /** All shots of its .blend, itself among them. */
  #shotsWith({ shotConfig }: BatchJob): readonly BatchJob[] {
    const { jobs } = this.seen.batch();
    if (jobs !== this.#of) {
      this.#of = jobs;
      this.#byBlend = grouped(jobs, (job) => job.shotConfig?.blend ?? '');
      this.#parts.clear();
    }
    return (shotConfig?.blend && this.#byBlend.get(shotConfig.blend)) || [];
  }

  #allOffers(): Offers {
    const all = this.seen.batch().jobs.flatMap(({ id }) => {
      const job = this.seen.job(id);
      return job ? this.of(job).map((parts) => ({ job, parts })) : [];
    });
    const offered = grouped(offeredOnce(all), ({ parts }) => parts.by);
    const offers = SPLITS.flatMap((by) => {
      const [first, ...more] = offered.get(by) ?? [];
      if (!first) return [];
      const only = more.length === 0 ? first.parts : null;
      return [[by, { count: 1 + more.length, only }] as const];
    });
    return Object.fromEntries(offers);
  }
}

const NOTHING: readonly FileParts[] = [];
