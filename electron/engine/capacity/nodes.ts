import type { NodeRecord } from '../../hosts/index.ts';

/** So many frames in a row that failed on one node, while others do frames of the same shots, are the node's fault. */
const MOST_FAILURES = 3;

/** How the nodes of a cluster are getting on in one run: one that can't do the work is asked for no more. */
export class Nodes implements NodeRecord {
  /** Told when one is left out, with the end of a sentence about it. */
  onLeftOut: (node: string, why: string) => void = () => {};
  readonly #leftOut = new Set<string>();
  /** What has failed on each node since it did a frame last. */
  readonly #failures = new Map<string, Map<string, Failed>>();
  /** What has failed on two nodes is to blame itself. */
  readonly #bad = new Set<string>();

  get leftOut(): readonly string[] {
    return [...this.#leftOut];
  }

  isLeftOut(node: string): boolean {
    return this.#leftOut.has(node);
  }

  leaveOut(node: string, why: string): void {
    if (node === '' || this.#leftOut.has(node)) return;
    this.#leftOut.add(node);
    this.#failures.delete(node);
    this.onLeftOut(node, why);
  }

  /** A frame of a job is done on a node: what failed elsewhere in that job may be the fault of where it failed. */
  worked(node: string, job: string): void {
    this.#failures.delete(node);
    for (const [other, failures] of [...this.#failures]) {
      for (const failed of failures.values()) failed.othersWork ||= failed.job === job;
      const proved = [...failures.values()].filter(({ othersWork }) => othersWork).length;
      if (proved < MOST_FAILURES) continue;
      const why = `Blender failed there on ${proved} frames in a row, and other nodes work`;
      this.leaveOut(other, why);
    }
  }

  /** Blender has failed on a node. @param what tells the work from others of the job */
  failed(node: string, job: string, what: string): void {
    const work = `${job} ${what}`;
    if (this.#leftOut.has(node) || this.#bad.has(work)) return;
    const earlier = [...this.#failures].filter(([other, all]) => other !== node && all.has(work));
    if (earlier.length > 0) {
      for (const [, all] of earlier) all.delete(work);
      this.#bad.add(work);
      return;
    }
    const failures = this.#failures.get(node) ?? new Map<string, Failed>();
    this.#failures.set(node, failures.set(work, { job, othersWork: false }));
  }
}

interface Failed {
  readonly job: string;
  /** Another node has done a frame of the same job since. */
  othersWork: boolean;
}
