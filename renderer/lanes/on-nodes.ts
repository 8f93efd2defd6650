import type { WorkerState } from '../../shared/events.ts';
import type { WorkerLane } from '../../shared/view.ts';
import { counted } from '../text/format.ts';

/** The lanes of a run on a cluster. */
export interface LanesOnNodes {
  /** By name, `n9` before `n10`. */
  readonly nodes: readonly NodeLanes[];
  /** Lanes that wait for a place, by the host's reason, most frequent first. */
  readonly waiting: readonly { readonly why: string; readonly lanes: number }[];
  /** Lanes that ask for nothing, since nothing is left that they could render. */
  readonly spare: number;
}

export interface NodeLanes {
  /** Empty until it is known. */
  readonly node: string;
  readonly lanes: readonly WorkerLane[];
}

const BY_NAME = new Intl.Collator('en', { numeric: true });

/** The lanes by the node that they are on; `null`: nobody is on one, nor waits for one. */
export function onNodes(lanes: readonly WorkerLane[]): LanesOnNodes | null {
  const nodes = new Map<string, WorkerLane[]>();
  const waiting = new Map<string, number>();
  let spare = 0;
  for (const lane of lanes) {
    const { state, node } = lane;
    if (state.status === 'asking') {
      const why = state.why ?? '';
      waiting.set(why, (waiting.get(why) ?? 0) + 1);
    } else if (node === null && state.status === 'idle') spare += 1;
    else nodes.set(node ?? '', [...(nodes.get(node ?? '') ?? []), lane]);
  }
  if (waiting.size === 0 && lanes.every(({ node }) => node === null)) return null;
  return {
    nodes: [...nodes]
      .map(([node, its]) => ({ node, lanes: its }))
      .sort((a, b) => BY_NAME.compare(a.node, b.node)),
    waiting: [...waiting]
      .map(([why, count]) => ({ why, lanes: count }))
      .sort((a, b) => b.lanes - a.lanes),
    spare,
  };
}

/** A line of the list: a node with the lanes of one that are folded or follow, or one lane. */
export type NodeRow =
  | { readonly kind: 'node'; readonly of: NodeLanes; readonly isOpen: boolean }
  /** `node`: its name, where it has no line of its own; `null`: it stands under its node. */
  | { readonly kind: 'lane'; readonly lane: WorkerLane; readonly node: string | null };

/** The lines of the list. A node with one lane is one line. */
export function nodeRows(
  nodes: readonly NodeLanes[],
  isOpen: (node: string) => boolean,
): readonly NodeRow[] {
  return nodes.flatMap((of): readonly NodeRow[] => {
    const { node, lanes } = of;
    const [only, another] = lanes;
    if (only && !another) return [{ kind: 'lane', lane: only, node }];
    const open = isOpen(node);
    const its = open ? lanes.map((lane) => ({ kind: 'lane', lane, node: null }) as const) : [];
    return [{ kind: 'node', of, isOpen: open }, ...its];
  });
}

const DOING: readonly (readonly [WorkerState['status'], string])[] = [
  ['rendering', 'rendering'],
  ['opening', 'opening'],
  ['starting', 'starting'],
  ['idle', 'idle'],
];

/** What the lanes of a node do: `3 rendering, 1 opening`. */
export function doingText({ lanes }: NodeLanes): string {
  return DOING.flatMap(([status, word]) => {
    const count = lanes.filter(({ state }) => state.status === status).length;
    return count === 0 ? [] : [`${count} ${word}`];
  }).join(', ');
}

/** The shots that they are at: `hero, lamp and 2 more`. */
export function shotsText({ lanes }: NodeLanes): string {
  const names = [...new Set(lanes.flatMap(({ jobName }) => jobName ?? []))];
  const more = names.length - MOST_NAMED;
  return more <= 0 ? names.join(', ') : `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more`;
}

const MOST_NAMED = 2;

/** How far the frames of its lanes have come, from 0 to 1; of those that tell it. */
export function nodeShare({ lanes }: NodeLanes): number {
  const shares = lanes.map(({ samplesDone, samplesTotal }) =>
    samplesDone !== null && samplesTotal ? samplesDone / samplesTotal : 0,
  );
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, lanes.length);
}

/** Above the list: `12 Blenders on 3 nodes`. */
export function placesText({ nodes }: LanesOnNodes): string {
  const lanes = nodes.reduce((sum, node) => sum + node.lanes.length, 0);
  if (lanes === 0) return '';
  return `${counted(lanes, 'Blender')} on ${counted(nodes.length, 'node')}`;
}

/** `3 waiting for a node: all nodes are busy; 1 more: others are first in the queue`; empty where none waits. */
export function waitingLine({ waiting, spare }: LanesOnNodes): string {
  const groups = waiting.map(({ why, lanes }, index) => {
    const who = index === 0 ? `${lanes} waiting for a node` : `${lanes} more`;
    return why === '' ? who : `${who}: ${why}`;
  });
  const idle =
    spare === 0 ? [] : [`${spare} not needed: nothing is left for ${spare === 1 ? 'it' : 'them'}`];
  return [...groups, ...idle].join('; ');
}
