import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';
import { Queue } from '../../electron/app/night/queue.ts';
import { queueHost } from '../../electron/app/night/queue-host.ts';
import { Sessions, type SessionsOptions } from '../../electron/app/sessions/sessions.ts';
import { BlenderShelf } from '../../electron/app/stores/blenders.ts';
import { ClusterShelf } from '../../electron/app/stores/cluster.ts';
import { settingsFile } from '../../electron/app/stores/settings.ts';
import { TrustStore } from '../../electron/app/stores/trust.ts';
import {
  blenderInstalls,
  checkpointDirectory,
  createBatchFromDirectory,
  QueueFile,
  WALL_CLOCK,
} from '../../electron/engine/index.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';

const { PATH } = process.env;
const FAKE_BLENDER = resolve(import.meta.dirname, '../stand-ins/fake-blender.mjs');

it('renders in the session that is there when the folder has been read anew, and in no other', async () => {
  const { sessions, shots } = await makeSessions();
  const before = await sessions.openPath(shots);
  const reopened = sessions.reopenAtRest(before.id);
  await sessions.render(before.id, { do: 'left', only: null });
  expect(await reopened).toBe(sessions.get(before.id));
  expect(before.running).toBe(false);
  expect(sessions.rendering).toBe(sessions.get(before.id));
  expect(sessions.get(before.id).isElsewhere).toBe(false);
});

it('renders what the folder holds when Render and Retry are pressed, and not what it held when it was opened', async () => {
  const { sessions, shots, night, said } = await makeSessions();
  const file = (name: string) => join(shots, name);
  const bad = 'blend: hero.blend\nframes: 1-three\n';
  await writeFile(file('hero.yaml'), bad);
  await writeFile(file('lamp_v012.blend'), 'BLENDER-v403RENDH');
  const { id } = await sessions.openPath(shots);
  await writeFile(file('lamp_v013.blend'), 'BLENDER-v403RENDH');
  await writeFile(file('hero.yaml'), bad.replace('three', '3'));
  const hero = sessions.get(id).processor.jobs.find(({ name }) => name === 'hero');
  expect(hero?.status).toBe('failed');
  await night.render(id, { do: 'retry', jobs: [hero?.id ?? ''] });
  const { jobs } = sessions.get(id).processor;
  expect(jobs.map(({ name }) => name)).toEqual(['hero', 'lamp_v013']);
  await vi.waitFor(() => expect(sessions.get(id).job(hero?.id ?? '').status).toBe('running'), 5000);
  expect(said).toContain('New in the folder: lamp_v013. Older versions are left out.');
});

it('says that a folder of an open batch is gone, and where to say where it is now', async () => {
  const { sessions, shots } = await makeSessions();
  const { id } = await sessions.openPath(shots);
  const there = async () => (await sessions.list()).map(({ isGone = false }) => isGone);
  expect(await there()).toEqual([false]);
  await rename(shots, `${shots}-moved`);
  expect(await there()).toEqual([true]);
  await expect(sessions.openBatch(id)).rejects.toMatchObject({
    message: `The folder “${shots}” is not there any more.`,
    nextStep: expect.stringContaining('Locate…'),
  });
  await rename(`${shots}-moved`, shots);
  expect((await sessions.openBatch(id)).id).toBe(id);
  expect(await there()).toEqual([false]);
});

it('goes on with a batch in its new place that was opened there as if it had never been rendered', async () => {
  const { sessions, shots } = await makeSessions();
  const { id } = await sessions.openPath(shots);
  await sessions.render(id, { do: 'left', only: null });
  await sessions.get(id).processor.cancel();
  const now = join(dirname(shots), 'other-disk', basename(shots));
  await mkdir(dirname(now));
  await rename(shots, now);
  const asNew = await sessions.openPath(now);
  expect(asNew.id).not.toBe(id);
  const located = await sessions.locate(id, now);
  expect(located.id).toBe(asNew.id);
  expect(sessions.get(asNew.id)).toBe(located);
  expect((await sessions.list()).map((one) => one.id)).toEqual([asNew.id]);
  expect(located.processor.batch.folder).toBe(now);
});

it('keeps an older version in the batch that was taken in by hand when it gets a shot file', async () => {
  const { sessions, shots } = await makeSessions();
  const file = (name: string) => join(shots, name);
  for (const name of ['lamp_v018.blend', 'lamp_v019.blend'])
    await writeFile(file(name), 'BLENDER-v403RENDH');
  const { id } = await sessions.openPath(shots);
  const jobNames = () => sessions.get(id).processor.jobs.map(({ name }) => name);
  expect(jobNames()).not.toContain('lamp_v018');
  const files = new Map([['lamp_v018.blend', 'older-version' as const]]);
  await sessions.choose(id, { do: 'take-in', files });
  expect(jobNames()).toContain('lamp_v018');
  await writeFile(file('lamp_v018.yaml'), 'blend: lamp_v018.blend\nframes: 1\n');
  const { folder } = sessions.get(id).processor.batch;
  await sessions.shotsRenamed(folder, new Map([['lamp_v018.blend', 'lamp_v018.yaml']]));
  await sessions.reopenAtRest(id);
  expect(jobNames()).toContain('lamp_v018');
});

it('begins to render only when the checkpoint has been cleared', async () => {
  const { sessions, shots } = await makeSessions();
  const { id } = await sessions.openPath(shots);
  let isCleared = false;
  const clearing = sessions.clear(id).then(() => {
    isCleared = true;
  });
  let wasCleared = false;
  const render = vi.spyOn(sessions.get(id), 'render').mockImplementation(async () => {
    wasCleared = isCleared;
  });
  await sessions.render(id, { do: 'left', only: null });
  render.mockRestore();
  await clearing;
  expect(wasCleared).toBe(true);
  await sessions.render(id, { do: 'left', only: null });
  await expect(sessions.clear(id)).rejects.toThrow('This batch is rendering.');
});

it('leaves a batch alone that began to render before its folder is read anew', async () => {
  const { sessions, shots } = await makeSessions();
  const session = await sessions.openPath(shots);
  await sessions.render(session.id, { do: 'left', only: null });
  expect(await sessions.openPath(shots)).toBe(session);
  expect(session.running).toBe(true);
});

it('goes on looking into what the window shows when another folder is opened beside it', async () => {
  const { sessions, shots, other } = await makeSessions();
  const shown = await sessions.openPath(shots);
  const saw = vi.spyOn(shown, 'addPreflightPlan');
  await sessions.openBeside('other', { folder: other, outputRoot: join(other, 'renders') });
  await vi.waitFor(() => expect(saw).toHaveBeenCalledOnce(), 5000);
});

it('keeps what the window shows, and its updates, where another batch has a journal of a newer version', async () => {
  const { sessions, shots, other, newer } = await makeSessions();
  const shown = await sessions.openPath(shots);
  await newer(other);
  await expect(sessions.openPath(other)).rejects.toThrow('newer Nightshift');
  expect(sessions.followed).toBe(shown.id);
});

it('leaves a session open whose folder is opened again when its journal can not be read any more', async () => {
  const { sessions, shots, newer, updates } = await makeSessions();
  const shown = await sessions.openPath(shots);
  await newer(shots);
  await expect(sessions.openPath(shots)).rejects.toThrow('newer Nightshift');
  expect(sessions.get(shown.id)).toBe(shown);
  const before = updates.length;
  shown.configure({ workers: 2 }, null);
  await vi.waitFor(() => expect(updates.length).toBeGreaterThan(before), 5000);
});

it('refuses to render on a cluster that does not answer or lacks what is asked for, and begins nothing', async () => {
  const { sessions, settings, shots } = await makeSessions();
  const tools = await toolsThat('sinfo', 'echo "n1|main*|8|16000|idle|(null)|4:00:00|none"');
  const { id } = await sessions.openPath(shots);
  const render = () => sessions.render(id, { do: 'left', only: null });
  const asked = { ...(await settings.read()), where: 'slurm', slurmCores: 9 } as const;
  await settings.write(asked);
  vi.stubEnv('PATH', '/nowhere');
  await expect(render()).rejects.toThrow('The cluster does not answer');
  vi.stubEnv('PATH', `${tools}:${PATH}`);
  await expect(render()).rejects.toThrow(
    'No node has 9 cores; the most that one has: 8 cores, 16000 MB, no GPU',
  );
  expect(sessions.rendering).toBeNull();
  await settings.write({ ...asked, slurmCores: 0, slurmSeconds: 5 * 3600 });
  await expect(render()).rejects.toThrow('gives a node for 4:00:00 at most');
  await settings.write({ ...asked, where: 'here' });
  await render();
  expect(sessions.rendering?.id).toBe(id);
});

it('asks a cluster for what the settings say and for nothing else that it has', async () => {
  const { sessions, settings, shots } = await makeSessions();
  const tools = await toolsThat('sinfo', 'echo "n1|main*|8|16000|idle|(null)|infinite|none"');
  vi.stubEnv('PATH', `${tools}:${PATH}`);
  const { id } = await sessions.openPath(shots);
  await settings.write({
    ...(await settings.read()),
    ...{ where: 'slurm', slurmCores: 2, slurmSeconds: 90, memoryLimitMb: 4096 },
  });
  // Who starts it here starts nothing: what it was given counts.
  vi.spyOn(sessions.get(id), 'render').mockResolvedValue();
  await sessions.render(id, { do: 'left', only: null });
  expect(sessions.get(id).processor.config).toMatchObject({
    memoryLimitMb: null,
    slurm: {
      nodes: 4,
      partition: null,
      cores: 2,
      memoryMb: 4000,
      gpus: 0,
      minutes: 2,
      options: [],
    },
  });
});

/** A folder with one program, as a script for the shell. */
async function toolsThat(name: string, script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-tools-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  onTestFinished(() => void vi.unstubAllEnvs());
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

/** The sessions of the app with a Blender that hangs in its first frame, and two folders of one shot. */
async function makeSessions() {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-sessions-'));
  const [shots, other] = [join(folder, 'shots'), join(folder, 'other')];
  process.env.FAKE_BLENDER = join(folder, 'steer.json');
  await writeFile(process.env.FAKE_BLENDER, JSON.stringify({ render: { hang: true } }));
  const data = join(folder, 'data');
  const settings = settingsFile(data);
  await settings.write({ ...DEFAULT_SETTINGS, blenderPath: FAKE_BLENDER, workers: 1 });
  for (const each of [shots, other]) await writeShot(each);
  await cp(await askedBlenders(), data, { recursive: true });
  const quiet = () => {};
  const [updates, said]: [unknown[], unknown[]] = [[], []];
  const push: SessionsOptions['push'] = (name, payload) => {
    if (name === 'batch:update') updates.push(payload);
    if (name === 'notice') said.push(payload);
  };
  const told = { push, onSignal: quiet, onEnded: quiet, onBroken: quiet, placeOf: () => null };
  const trust = new TrustStore(data);
  const sessions = new Sessions({
    data,
    settings,
    trust,
    blenders: new BlenderShelf(data),
    cluster: new ClusterShelf(),
    trials: { keep: async () => false, of: async () => new Map() },
    ...told,
  });
  const night = new Queue(queueHost({ sessions, trust, push }), new QueueFile(data), WALL_CLOCK);
  onTestFinished(async () => {
    await night.close();
    await sessions.closeAll();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  /** From now on the checkpoint of a folder is one that a newer Nightshift wrote. */
  const newer = async (of: string) => {
    const { id } = await createBatchFromDirectory(of);
    const checkpoint = checkpointDirectory(data, id);
    await mkdir(checkpoint, { recursive: true });
    await writeFile(join(checkpoint, 'journal.jsonl'), '{"nightshift":"journal","version":99}\n');
  };
  return { sessions, settings, shots, other, newer, updates, night, said };
}

let asked: Promise<string> | undefined;

/** A data directory that knows the Blenders of this machine: each is asked once, and not by every test. */
function askedBlenders(): Promise<string> {
  asked ??= (async () => {
    const data = await mkdtemp(join(tmpdir(), 'nightshift-asked-'));
    await blenderInstalls(data);
    return data;
  })();
  return asked;
}

afterAll(async () => {
  const folder = await asked;
  if (folder) await rm(folder, { recursive: true });
});

async function writeShot(shots: string): Promise<void> {
  await mkdir(shots);
  await writeFile(join(shots, 'hero.blend'), 'BLENDER-v403RENDH');
  await writeFile(join(shots, 'hero.yaml'), 'blend: hero.blend\nframes: 1-2\n');
}
