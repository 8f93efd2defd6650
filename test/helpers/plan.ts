import { DEFAULT_CONFIG, type RunInfo } from '../../shared/batch.ts';
import type { FramePlan } from '../../shared/job.ts';

/** A plan of a small PNG shot. */
export function planOf(frames: readonly number[], over: Partial<FramePlan> = {}): FramePlan {
  return {
    frames,
    directory: '/shots/renders/hero',
    pattern: 'hero_####',
    extension: '.png',
    format: 'PNG',
    width: 64,
    height: 36,
    engine: 'CYCLES',
    fps: 24,
    movie: null,
    ...over,
  };
}

/** A run on a small machine. */
export function runOf(over: Partial<RunInfo> = {}): RunInfo {
  return {
    batchId: 'night',
    folder: '/shots',
    outputRoot: '/shots/renders',
    config: DEFAULT_CONFIG,
    workers: 1,
    blender: { path: '/usr/bin/blender', version: '4.3.2' },
    machine: { platform: 'linux', cores: 2, memoryMb: 4096 },
    nightshift: '0.1.0',
    startedAt: 100,
    finishedAt: null,
    ...over,
  };
}
