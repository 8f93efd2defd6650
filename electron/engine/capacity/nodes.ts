import type { NodeRecord } from '../../slurm/slurm-host.ts';

/** So many different frames in a row that Blender fails on one node, while others work, are the node's fault. */
const MOST_FAILURES = 3;

/** How the nodes of a cluster are getting on in one run: one that can't do the work is asked for no more. */
export class Nodes implements NodeRecord {
  /** Told when one is left out, with the end of a sentence about it. */
  onLeftOut: (node: string, why: string) => void = () => {};
  readonly #leftOut = new Set<string>();
  /** Frames that have failed on a node since it did one last. */
  readonly #failures = new Map<string, Set<string>>();
  readonly #worked = new Set<string>();

  get leftOut(): readonly string[] {
    return [...this.#leftOut];
  }

  isLeftOut(node: string): boolean {
    return this.#leftOut.has(node);
  }

  leaveOut(node: string, why: string): void {
    if (node === '' || this.#leftOut.has(node)) return;
    this.#leftOut.add(node);
    this.onLeftOut(node, why);
  }

  /** A frame is done there. */
  worked(node: string): void {
    this.#worked.add(node);
    this.#failures.delete(node);
  }

  /** Blender has failed there. @param what tells the work from others */
  failed(node: string, what: string): void {
    const failures = this.#failures.get(node) ?? new Set();
    this.#failures.set(node, failures.add(what));
    const othersWork = [...this.#worked].some((other) => other !== node);
    if (failures.size < MOST_FAILURES || !othersWork) return;
    this.leaveOut(
      node,
      `Blender failed there on ${failures.size} frames in a row, and other nodes work`,
    );
  }
}
