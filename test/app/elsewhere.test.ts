import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Sessions } from '../../electron/app/sessions/sessions.ts';
import { BlenderShelf } from '../../electron/app/stores/blenders.ts';
import { ClusterShelf } from '../../electron/app/stores/cluster.ts';
import { settingsFile } from '../../electron/app/stores/settings.ts';
import { TrustStore } from '../../electron/app/stores/trust.ts';
import type { BatchUpdate } from '../../shared/view.ts';
import { makeCli } from '../cli/rig.ts';

/** For what never comes: the command line and its Blenders are slow where other work has the cores. */
const WAIT = { timeout: 120_000, interval: 50 };

/** A batch that the command line renders, and that is open in a window; its third and fourth frame wait for `goOn`. */
async function openElsewhere() {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-4');
  await cli.shot('wide', 'frames: 1-2');
  const go = join(cli.folder, 'go');
  await cli.steer({ render: { frame: [3, 4], until: go } });
  const night = cli.start('render', cli.shots, '--workers', '2');
  await vi.waitFor(async () => {
    const log = (await cli.blenderLog()) as readonly { do: string; frame?: number }[];
    expect(log.some(({ do: what, frame }) => what === 'render' && frame === 3)).toBe(true);
  }, WAIT);
  const data = join(cli.folder, 'data');
  const updates: BatchUpdate[] = [];
  const signals = vi.fn();
  const sessions = new Sessions({
    ...{ data, settings: settingsFile(data), trust: new TrustStore(data) },
    ...{ blenders: new BlenderShelf(data), cluster: new ClusterShelf(), onEnded: signals },
    push: (name, payload) => {
      if (name === 'batch:update') updates.push(payload as BatchUpdate);
    },
    onSignal: signals,
    onBroken: signals,
    placeOf: () => null,
    trials: { keep: async () => false, of: async () => new Map() },
  });
  onTestFinished(() => sessions.closeAll());
  const session = await sessions.openPath(cli.shots);
  await vi.waitFor(() => expect(session.view().phase).toBe('running'), WAIT);
  const row = (name: string) => session.snapshot().rows.find((one) => one.name === name);
  return { cli, night, session, sessions, row, updates, signals, goOn: () => cli.file('go', '') };
}

test('a batch that another process renders is shown as it goes, and then as it ended', async () => {
  const { night, session, sessions, row, updates, signals, goOn } = await openElsewhere();
  expect(session.view()).toMatchObject({
    elsewhere: expect.stringMatching(/^Nightshift on the command line \(process \d+, since /),
    resume: null,
  });
  expect(sessions.rendering, 'this computer may render another one').toBeNull();
  const begun = { status: 'running', counts: { done: 2 } };
  await vi.waitFor(() => expect(row('hero')).toMatchObject(begun), WAIT);
  await vi.waitFor(() => expect(row('wide')?.status).toBe('completed'), WAIT);
  expect(session.view().lanes).toContainEqual(
    expect.objectContaining({
      jobName: 'hero',
      state: expect.objectContaining({ status: 'rendering', frame: 3 }),
    }),
  );
  updates.length = 0;
  await goOn();
  expect((await night).exitCode).toBe(0);
  await vi.waitFor(() => expect(session.view().phase).toBe('completed'), WAIT);
  expect(row('hero')).toMatchObject({ status: 'completed', counts: { done: 4 } });
  expect(session.view().elsewhere).toBeUndefined();
  await vi.waitFor(
    () => expect(updates.flatMap(({ rows }) => rows.map(({ name }) => name))).toContain('hero'),
    WAIT,
  );
  expect(signals, 'neither taskbar nor power saver are told').not.toHaveBeenCalled();
});

test('cancel reaches a shot, and a batch, that another process renders', async () => {
  const { night, session, row } = await openElsewhere();
  await vi.waitFor(() => expect(row('wide')?.status).toBe('completed'), WAIT);
  await session.cancelJobs([row('hero')?.id ?? '']);
  await vi.waitFor(() => expect(session.view().phase).toBe('cancelled'), WAIT);
  expect((await night).exitCode).toBe(130);
  expect(row('hero')).toMatchObject({ status: 'cancelled', counts: { done: 2 } });

  const { night: other, session: all } = await openElsewhere();
  await all.cancel();
  expect((await other).exitCode).toBe(130);
  await vi.waitFor(() => expect(all.view().phase).toBe('cancelled'), WAIT);
});

test('a batch whose process is killed can be resumed in the window', async () => {
  const { cli, night, session, sessions } = await openElsewhere();
  night.kill('SIGKILL');
  await night;
  await vi.waitFor(() => expect(session.view().phase).toBe('interrupted'), WAIT);
  expect(session.view().resume).toMatchObject({ drivenBy: null, framesLeft: 2 });
  await cli.steer({});
  vi.stubEnv('FAKE_BLENDER', cli.env.FAKE_BLENDER);
  vi.stubEnv('NIGHTSHIFT_BLENDER', cli.env.NIGHTSHIFT_BLENDER);
  onTestFinished(() => void vi.unstubAllEnvs());
  await sessions.render(session.id, { do: 'left', only: null });
  await vi.waitFor(() => expect(session.view().phase).toBe('completed'), WAIT);
});
