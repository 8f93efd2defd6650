import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Replayed, replay } from '../../../electron/engine/journal/replay.ts';
import { sideBySide } from '../../../electron/engine/lib/side-by-side.ts';
import type { Batch } from '../../../shared/batch.ts';
import { frameFile } from '../../../shared/frame-file.ts';
import { FrameList } from '../../../shared/frame-list.ts';
import type { FrameState } from '../../../shared/frame-state.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { planOf } from '../../helpers/plan.ts';

const CONTENT = 'picture';

/** What a checkpoint knows that has so many frames of each shot recorded, and their files on disk. */
export interface RecordedNight {
  readonly known: Replayed;
  readonly files: readonly string[];
}

/** Makes the files of a finished night, and what its checkpoint would say of them. */
export async function recordedNight(batch: Batch, frames: number): Promise<RecordedNight> {
  const files: string[] = [];
  const jobs = await sideBySide(batch.jobs, async (job) => {
    const directory = job.outputPath;
    await mkdir(directory, { recursive: true });
    const numbers = Array.from({ length: frames }, (_, index) => index + 1);
    const pattern = `${job.name}_####`;
    const plan = planOf(numbers, { directory, pattern, extension: '.png' });
    const states: FrameState[] = [];
    for (const frame of numbers) {
      const file = frameFile(plan, frame);
      files.push(join(directory, file));
      await writeFile(join(directory, file), CONTENT);
      const { mtimeMs, size: bytes } = await stat(join(directory, file));
      const about = { sha256: '0'.repeat(32), seconds: 1, memoryMb: 1, at: mtimeMs };
      const record = { file, bytes, mtimeMs, ...about };
      states.push({ status: 'done', tries: 1, kept: true, record });
    }
    const list = FrameList.of(states);
    const known: BatchJob = {
      ...job,
      shotConfig: job.shotConfig && { ...job.shotConfig, frames: numbers },
      status: 'completed',
      plan,
      frames: list,
      counts: list.counts,
    };
    return known;
  });
  return { known: { ...replay([]), jobs: new Map(jobs.map((job) => [job.id, job])) }, files };
}
