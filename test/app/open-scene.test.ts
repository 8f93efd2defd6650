import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openScene } from '../../electron/app/sessions/open-scene.ts';
import { DEFAULT_CONFIG } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';
import { shotConfig } from '../helpers/shot-config.ts';
import { jobWith } from './jobs.ts';

/** A Blender of some version that notes what it was started with, and a shot that it saved. */
async function place(blend: string | null = 'hero.blend') {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-open-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const path = join(folder, 'blender');
  const noted = join(folder, 'started');
  await writeFile(
    path,
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${noted}.part' && mv '${noted}.part' '${noted}'\n`,
  );
  await chmod(path, 0o755);
  if (blend !== null) await writeFile(join(folder, blend), 'BLENDER-v403RENDH');
  const scene = blend === null ? null : join(folder, blend);
  const job = jobWith([], { shotConfig: shotConfig({ blend: scene }), plan: null });
  const found = async () => [{ path, version: '4.3.2', isSystem: false }] as never;
  const open = (of: BatchJob = job, trusted = false) =>
    openScene(of, { config: { ...DEFAULT_CONFIG, trusted } }, { found });
  const started = () => readFile(noted, 'utf8').then((text) => text.trim().split('\n'));
  return { open, job, scene, started, path };
}

it('opens the scene of a shot in the Blender that renders it, without scripts where nobody trusts them', async () => {
  const { open, job, scene, started } = await place();
  await open();
  await expect.poll(started).toEqual(['-Y', scene]);
  await open(job, true);
  await expect.poll(started).toEqual(['-y', scene]);
});

it('says why there is nothing to open', async () => {
  const { open, job } = await place(null);
  await expect(open({ ...job, shotConfig: null })).rejects.toThrow('nobody knows its scene');
  await expect(open()).rejects.toThrow('“hero” has no scene file');
});

it('says that Blender could not be started', async () => {
  const { open, path } = await place();
  await chmod(path, 0o644);
  await expect(open()).rejects.toThrow(/^Blender 4\.3\.2 could not be started: /);
});
