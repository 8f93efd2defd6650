import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GpuList } from '../../shared/gpu.ts';
import type { Answer } from './types.ts';
import { startWorker } from './worker.ts';

/**
 * Asks a Blender which GPUs Cycles can use, as the user's preferences say, or with `factoryStartup` as
 * Blender would without any. Starts it for that, about a second, and opens no scene.
 */
export async function findGpus(
  blenderPath: string,
  factoryStartup = false,
): Promise<Answer<GpuList>> {
  const temporary = await mkdtemp(join(tmpdir(), 'nightshift-gpus-'));
  const limits = { signal: new AbortController().signal, timeoutMs: LIMIT_MS, stallMs: null };
  try {
    const started = await startWorker(
      {
        lane: 1,
        blenderPath,
        trusted: false,
        factoryStartup,
        temporary,
        token: randomUUID(),
        onLog: () => {},
        onSamples: () => {},
      },
      limits,
    );
    if (!started.ok) return started;
    try {
      return await started.value.devices(limits);
    } finally {
      await started.value.close();
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** A driver that has slept may take its time. */
const LIMIT_MS = 60_000;
