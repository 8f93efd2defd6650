import type { PoolChange } from '../../shared/night.ts';
import type { WorkerLane } from '../../shared/view.ts';
import { Sign } from '../ui/StatusIcon.tsx';
import { LaneBar, LaneFacts, LaneTitle, LaneTrace } from './LaneParts.tsx';
import { poolLine } from './lane-text.ts';
import './Lanes.css';
import { NodeList } from './NodeList.tsx';
import { onNodes } from './on-nodes.ts';

interface LanesProps {
  readonly lanes: readonly WorkerLane[];
  readonly pool: PoolChange | null;
}

/** One thin lane for each Blender of the pool, and why some of them rest; on a cluster, node by node. */
export function Lanes({ lanes, pool }: LanesProps) {
  const alive = lanes.filter((lane) => lane.state.status !== 'gone');
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
      {pool && (
        <p className="lanes-rest">
          <Sign kind="warned" />
          {poolLine(pool)}
        </p>
      )}
    </section>
  );
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
