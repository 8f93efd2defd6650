import { basename } from 'node:path';
import type { Batch, BatchOutcome, BatchProgress, BlenderInfo } from '../../../shared/batch.ts';
import type { Night } from '../../../shared/night.ts';
import { printable } from '../../../shared/safe-text.ts';
import type {
  BatchPhase,
  BatchSummary,
  BatchView,
  ResumeCard,
  Trust,
  WorkerLane,
} from '../../../shared/view.ts';

/** The facts from which a batch is shown. */
export interface BatchFacts {
  readonly batch: Batch;
  readonly running: boolean;
  readonly outcome: BatchOutcome | null;
  readonly progress: BatchProgress;
  readonly paused: BatchView['paused'];
  readonly trust: Trust;
  readonly lanes: readonly WorkerLane[];
  readonly resume: ResumeCard | null;
  readonly workers: number;
  readonly blender: BlenderInfo | null;
  readonly lastAt: number | null;
  readonly night: Night;
  readonly trying: BatchView['trying'];
}

export function viewOf(facts: BatchFacts): BatchView {
  const { batch, progress, paused, trust, lanes, resume, workers, blender } = facts;
  return {
    id: batch.id,
    folder: printable(batch.folder),
    name: nameOf(batch.folder),
    outputRoot: printable(batch.outputRoot),
    phase: phaseOf(facts),
    trust,
    progress,
    paused,
    pausedSince: facts.running ? facts.night.pausedSince : null,
    problems: batch.problems,
    lanes,
    resume,
    workers,
    blender,
    pool: facts.running ? facts.night.pool : null,
    incidents: facts.running ? [] : facts.night.incidents,
    trying: facts.running ? null : facts.trying,
  };
}

/** The line of the sidebar for a batch that is open. */
export function summaryOf(facts: BatchFacts): BatchSummary {
  const { batch, progress, lastAt } = facts;
  return {
    id: batch.id,
    folder: printable(batch.folder),
    name: nameOf(batch.folder),
    phase: phaseOf(facts),
    framesDone: progress.frames.done,
    framesTotal: progress.frames.total,
    jobs: progress.jobs,
    lastAt,
    problem: null,
  };
}

/** Last part of a folder, as it may be shown anywhere; of a disk's root the whole. */
export function nameOf(folder: string): string {
  return printable(basename(folder) || folder);
}

type PhaseFacts = Pick<BatchFacts, 'running' | 'outcome' | 'progress' | 'paused'>;

function phaseOf({ running, outcome, progress, paused }: PhaseFacts): BatchPhase {
  if (!running) return isMended(outcome, progress) ? 'completed' : (outcome ?? 'unread');
  if (!paused) return 'running';
  return progress.frames.running > 0 ? 'pausing' : 'paused';
}

/** What failed has been taken out of the folder since, and everything else is done. */
function isMended(outcome: BatchOutcome | null, { jobs, totalJobs }: BatchProgress): boolean {
  return outcome === 'failed' && totalJobs > 0 && jobs.completed === totalJobs;
}
