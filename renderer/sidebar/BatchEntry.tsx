import { TriangleAlert } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { assertNever } from '../../shared/assert-never.ts';
import { finishAt } from '../../shared/duration-text.ts';
import { partialText } from '../../shared/incident-text.ts';
import { isolated } from '../../shared/safe-text.ts';
import { titleOf } from '../../shared/test-pass.ts';
import type { BatchSummary, BatchView } from '../../shared/view.ts';
import { useBatch } from '../store/batch-store.ts';
import {
  clock,
  clockWithDay,
  count,
  counted,
  dayOrClock,
  percent,
  roughDuration,
} from '../text/format.ts';
import { Hint } from '../ui/Hint.tsx';
import { Name } from '../ui/Name.tsx';
import { Ring, type RingTone } from '../ui/Ring.tsx';
import { TestChips } from '../ui/TestChips.tsx';

interface BatchEntryProps {
  readonly batch: BatchSummary;
  /** In place of its own state: what it is at tonight. */
  readonly state?: string | null;
  readonly onOpen: () => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLButtonElement>) => void;
  /** Keys that do more, as ARIA spells them. */
  readonly keys?: string;
}

/** One batch: ring, name and what it is at. */
export function BatchEntry({
  batch: listed,
  state: given,
  onOpen,
  onKeyDown,
  keys,
}: BatchEntryProps) {
  const view = useBatch(({ mirror }) => (mirror?.view.id === listed.id ? mirror.view : null));
  const batch = view ? { ...listed, ...shownOf(view) } : listed;
  const now = Date.now();
  const remaining = view?.progress.remainingSeconds ?? null;
  const state = given ?? summaryText(batch, remaining, now);
  return (
    <Hint text={`${titleOf(isolated(batch.name), batch.test)}\n${state}\n${batch.folder}`}>
      <button
        type="button"
        className="batch-entry"
        aria-current={view ? 'page' : undefined}
        aria-keyshortcuts={keys}
        onClick={onOpen}
        onKeyDown={onKeyDown}
      >
        {batch.problem === null ? (
          <Ring {...ringOf(batch)} tone={tone(batch)} />
        ) : (
          <TriangleAlert
            size={20}
            strokeWidth={1.75}
            className="batch-problem"
            aria-hidden="true"
          />
        )}
        <span className="batch-words sidebar-word">
          <Name className="batch-name">{batch.name}</Name>
          <span className="batch-state cut">{state}</span>
          <TestChips test={batch.test} />
        </span>
      </button>
    </Hint>
  );
}

/** The list knows the frames of opened shots only. */
function shownOf({ progress: { frames } }: BatchView) {
  return { framesDone: frames.done, framesTotal: frames.total };
}

function tone({ phase }: BatchSummary): RingTone {
  switch (phase) {
    case 'running':
    case 'pausing':
    case 'paused':
      return 'accent';
    case 'interrupted':
      return 'running';
    case 'unread':
    case 'cancelled':
      return 'quiet';
    case 'partial':
    case 'completed':
    case 'failed':
      return 'done';
    default:
      return assertNever(phase);
  }
}

/** How much of the ring is done, and how much has failed, 0 to 1. Frames are known of opened shots only. */
export function ringOf({
  phase,
  framesDone,
  framesTotal,
  jobs,
}: Pick<BatchSummary, 'phase' | 'framesDone' | 'framesTotal' | 'jobs'>): {
  readonly share: number;
  readonly failed: number;
} {
  const frames = framesTotal > 0 ? framesDone / framesTotal : 0;
  if (phase !== 'failed' && phase !== 'partial') return { share: frames, failed: 0 };
  const all = Object.values(jobs).reduce((sum, some) => sum + some, 0);
  const share = all > 0 ? Math.min(frames, jobs.completed / all) : frames;
  return { share, failed: phase === 'failed' ? 1 - share : 0 };
}

/** The second line of a batch in the sidebar. */
export function summaryText(batch: BatchSummary, remaining: number | null, now: number): string {
  const share = percent(batch.framesDone, batch.framesTotal);
  const when = batch.lastAt === null ? null : dayOrClock(batch.lastAt, now);
  if (batch.isGone) return 'Its folder is gone';
  if (batch.problem !== null) return batch.problem;
  switch (batch.phase) {
    case 'unread': {
      const frames =
        batch.framesTotal > 0 ? counted(batch.framesTotal, 'frame') : 'Not rendered yet';
      return remaining ? `${frames} · about ${roughDuration(remaining)}` : frames;
    }
    case 'running':
      return remaining === null
        ? share
        : `${share} · done about ${clock(finishAt(now, remaining))}`;
    case 'pausing':
      return `${share} · pausing`;
    case 'paused':
      return `${share} · paused`;
    case 'interrupted':
      return when === null
        ? share
        : `stopped at ${clockWithDay(batch.lastAt ?? now, now)} · ${share}`;
    case 'cancelled':
      return joined(when, `cancelled at ${share}`);
    case 'partial':
      return partialText(batch.jobs, 'narrow');
    case 'completed':
      return joined(when, counted(batch.framesDone, 'frame'));
    case 'failed':
      return joined(
        when,
        // What needs somebody comes first: the end has no room where there is much of both.
        `${count(batch.jobs.failed)} failed, ${counted(batch.framesDone, 'frame')}`,
      );
    default:
      return assertNever(batch.phase);
  }
}

function joined(when: string | null, text: string): string {
  return when === null ? text : `${when} · ${text}`;
}
