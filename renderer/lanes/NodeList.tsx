import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight, Hourglass } from 'lucide-react';
import { type CSSProperties, useRef, useState } from 'react';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import './NodeList.css';
import type { WorkerLane } from '../../shared/view.ts';
import { Name } from '../ui/Name.tsx';
import { LaneBar, LaneFacts, LaneTitle, LaneTrace } from './LaneParts.tsx';
import {
  doingText,
  type LanesOnNodes,
  type NodeLanes,
  type NodeRow,
  nodeRows,
  nodeShare,
  placesText,
  shotsText,
  waitingLine,
} from './on-nodes.ts';

/** Pixels. */
const ROW = 30;
/** The list scrolls beyond these: below it is the table. */
const MOST_ROWS = 6;

/** The Blenders on a cluster, node by node. However many they are, only those on the screen are drawn. */
export function NodeList({ placed }: { readonly placed: LanesOnNodes }) {
  /** Nodes that were folded or unfolded by hand. */
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map());
  const { nodes } = placed;
  const lanes = nodes.reduce((sum, node) => sum + node.lanes.length, 0);
  const isRoomy = nodes.length + lanes <= MOST_ROWS;
  const isOpen = (node: string) => turned.get(node) ?? isRoomy;
  const rows = nodeRows(nodes, isOpen);
  const turn = (node: string) => setTurned((before) => new Map(before).set(node, !isOpen(node)));
  // Where they are not all seen they are counted.
  const all = rows.length > MOST_ROWS ? placesText(placed) : '';
  const waits = waitingLine(placed);
  return (
    <div className="nodes">
      {rows.length > 0 && <Rows rows={rows} name={placesText(placed)} onTurn={turn} />}
      {(all || waits) && (
        <p className="nodes-sum">
          {all && <span>{all}</span>}
          {waits && (
            <span>
              <Hourglass size={13} aria-hidden="true" />
              {waits}
            </span>
          )}
        </p>
      )}
    </div>
  );
}

interface RowsProps {
  readonly rows: readonly NodeRow[];
  readonly name: string;
  readonly onTurn: (node: string) => void;
}

function Rows({ rows, name, onTurn }: RowsProps) {
  const scroller = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 4,
    // Before it is measured, what fits is drawn at once.
    initialRect: { width: 0, height: ROW * MOST_ROWS },
  });
  const scrolls = rows.length > MOST_ROWS;
  const room = { '--name-room': `${nameRoom(rows)}ch` } as CSSProperties;
  return (
    <section
      className="node-rows"
      ref={scroller}
      aria-label={name}
      data-scrolls={scrolls}
      style={{ ...room, height: Math.min(rows.length, MOST_ROWS + 0.5) * ROW }}
      // What scrolls must be reachable by keyboard.
      tabIndex={scrolls ? 0 : undefined}
    >
      <ul style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <li
                key={keyOf(row)}
                className="node-row"
                style={{ transform: `translateY(${start}px)` }}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
              >
                {row.kind === 'node' ? (
                  <Node of={row.of} isOpen={row.isOpen} onTurn={onTurn} />
                ) : (
                  <OnNode lane={row.lane} node={row.node} />
                )}
              </li>
            )
          );
        })}
      </ul>
    </section>
  );
}

/** So many letters wide are the names, with what stands beside them. */
function nameRoom(rows: readonly NodeRow[]): number {
  const longest = rows.map((row) =>
    row.kind === 'node' ? row.of.node.length + BESIDE : (row.node?.length ?? 0) + 2,
  );
  return Math.min(WIDEST, Math.max(...longest));
}

/** The arrow and the count. */
const BESIDE = 6;
const WIDEST = 24;

function keyOf(row: NodeRow): string {
  return row.kind === 'node' ? `node ${row.of.node}` : `lane ${row.lane.worker}`;
}

interface NodeProps extends Pick<RowsProps, 'onTurn'> {
  readonly of: NodeLanes;
  readonly isOpen: boolean;
}

/** A node with some Blenders, which can be shown under it. */
function Node({ of, isOpen, onTurn }: NodeProps) {
  const { node, lanes } = of;
  return (
    <>
      <button
        type="button"
        className="node-name"
        aria-expanded={isOpen}
        onClick={() => onTurn(node)}
      >
        <ChevronRight size={13} aria-hidden="true" />
        <Name>{node || 'A node'}</Name>
        <span className="node-count">{lanes.length}</span>
      </button>
      <span className="cut" title={doingText(of)}>
        {doingText(of)}
      </span>
      <span className="lane-facts cut" title={shotsText(of)}>
        {shotsText(of)}
      </span>
      <span />
      <ProgressBar
        thin
        label={`Frames on ${node}`}
        text={doingText(of)}
        total={1}
        parts={[{ tone: 'running', value: nodeShare(of) }]}
      />
    </>
  );
}

/** One Blender. @param node its node, where that has no line of its own */
function OnNode({ lane, node }: { readonly lane: WorkerLane; readonly node: string | null }) {
  return (
    <>
      <span className="node-name">{node !== null && <Name>{node || 'A node'}</Name>}</span>
      <LaneTitle lane={lane} />
      <LaneFacts lane={lane} />
      <LaneTrace lane={lane} />
      <LaneBar lane={lane} />
    </>
  );
}
