import type { ChosenWorkers, PoolChange } from '../../shared/night.ts';
import { printable } from '../../shared/safe-text.ts';
import type { WorkerLane } from '../../shared/view.ts';
import { typeset } from '../text/typeset.ts';
import { Sign } from '../ui/StatusIcon.tsx';
import { LaneBar, LaneFacts, LaneTitle, LaneTrace } from './LaneParts.tsx';
import { poolLine } from './lane-text.ts';
import './Lanes.css';
import { NodeList } from './NodeList.tsx';
import { onNodes } from './on-nodes.ts';

interface LanesProps {
  readonly lanes: readonly WorkerLane[];
  readonly pool: PoolChange | null;
  /** With how many Nightshift goes on; `null`: with all. */
  readonly chosen: ChosenWorkers | null;
}

/** One thin lane for each Blender of the pool, and why some of them rest; on a cluster, node by node. */
export function Lanes({ lanes, pool, chosen }: LanesProps) {
  const alive = lanes.filter(
    (lane) => lane.state.status !== 'gone' && !(chosen !== null && isUnused(lane)),
  );
  if (alive.length === 0) return null;
  const placed = onNodes(alive);
  return (
    <section aria-label="Workers">
      {placed ? (
        <NodeList placed={placed} />
      ) : (
        <div className="lanes">
          {alive.map((lane) => (
            <Lane key={lane.worker} lane={lane} />
          ))}
        </div>
      )}
      {chosen && !placed && <p className="lanes-rest">{typeset(printable(chosen.message))}</p>}
      {pool && (
        <p className="lanes-rest">
          <Sign kind="warned" />
          {poolLine(pool)}
        </p>
      )}
    </section>
  );
}

/** One that there may be, and that no Blender was started for. */
function isUnused({ state, memoryMb }: WorkerLane): boolean {
  return state.status === 'idle' && memoryMb === null;
}

function Lane({ lane }: { readonly lane: WorkerLane }) {
  return (
    <div className="lane">
      <div className="lane-head">
        <div className="lane-words">
          <LaneTitle lane={lane} />
          <LaneFacts lane={lane} />
        </div>
        <LaneTrace lane={lane} />
      </div>
      <LaneBar lane={lane} />
    </div>
  );
}
