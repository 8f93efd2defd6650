import type { BatchOutcome, BatchResult } from '../../../shared/batch.ts';
import type { FollowedBatch, LoadReport, Standing } from '../../engine/index.ts';

/** What a batch looks like while no process renders it. */
export interface Rest {
  /** Of the newest run. */
  readonly outcome: BatchOutcome | null;
  /** What a resume finds; `null`: there is nothing to resume. */
  readonly resume: LoadReport | null;
  /** Frames that were done and are gone from the disk. */
  readonly lost: number;
  /** The other process that held the batch when its journal was read. */
  readonly drivenBy: string | null;
}

/** One open batch from its first reading to its closing. Each stage keeps what the next one may return to. */
export type Lifecycle =
  /** Its journal and its frames were read; nothing renders it. */
  | { readonly at: 'ready'; readonly rest: Rest }
  /** Another process renders it, or is about to. */
  | {
      readonly at: 'elsewhere';
      readonly rest: Rest;
      readonly batch: FollowedBatch;
      readonly standing: Standing;
    }
  /** `run` resolves when the run has ended; it never rejects. */
  | { readonly at: 'running'; readonly rest: Rest; readonly run: Promise<void> }
  | { readonly at: 'ended'; readonly rest: Rest }
  | { readonly at: 'closed'; readonly rest: Rest };

type Stage = Lifecycle['at'];

/**
 * The legal moves. `running` goes back to `ready` where the run could not start or broke off; to stay in a stage is a
 * change of its facts.
 */
const MOVES: Readonly<Record<Stage, readonly Stage[]>> = {
  ready: ['ready', 'elsewhere', 'running', 'closed'],
  elsewhere: ['elsewhere', 'ready', 'running', 'closed'],
  running: ['running', 'ended', 'ready', 'closed'],
  ended: ['ready', 'elsewhere', 'running', 'closed'],
  closed: [],
};

/** Returns the next stage. Throws on a move that is not in the table: that is a mistake of ours. */
export function moved(from: Lifecycle, to: Lifecycle): Lifecycle {
  if (MOVES[from.at].includes(to.at)) return to;
  throw new Error(`A batch can’t go from ${from.at} to ${to.at}.`);
}

/** @param outcome overrides what the journal says */
export function restOf(loaded: LoadReport, outcome = loaded.outcome): Rest {
  const resume = isLeft(loaded) ? loaded : null;
  return { outcome, resume, lost: loaded.framesLost, drivenBy: loaded.drivenBy };
}

/** After a run of this session: it looked at its files itself, and what it left is not asked about. */
export function restAfter({ outcome }: Pick<BatchResult, 'outcome'>): Rest {
  return { outcome, resume: null, lost: 0, drivenBy: null };
}

/** True where another process renders the batch right now. */
export function isLiveElsewhere(stage: Lifecycle): boolean {
  return stage.at === 'elsewhere' && isLive(stage.standing);
}

export function isLive({ kind }: Standing): boolean {
  return kind === 'running' || kind === 'starting';
}

/** Whether a batch stopped in the middle and has frames to go. */
function isLeft({ outcome, framesLeft, shotsUnopened }: LoadReport): boolean {
  const stopped = outcome === 'interrupted' || outcome === 'cancelled';
  return stopped && framesLeft + shotsUnopened > 0;
}
