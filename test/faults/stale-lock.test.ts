import { chmod, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { ofType, runs } from '../cli/rig.ts';
import { commandsWith, STAND_IN } from '../engine/rig.ts';
import { frameNames, type Lab, makeLab, type RunningNight, told } from './lab.ts';

test('a second command line on a batch is told who renders it, disturbs nothing, and goes on when that was killed', async () => {
  const lab = await makeLab('stand-in');
  const first = await nightInFrame(lab, 3);
  const second = await lab.night();
  expect(second.code).not.toBe(0);
  expect(second.err).toContain(`Nightshift on the command line (process ${first.pid}, since `);
  expect(second.err).toContain('Wait until it has finished, or cancel it there.');
  expect(second.told.map(({ type }) => type)).toEqual(['nightshift']);
  expect(ofBlender(await lab.blenderLog(), 'start'), 'Blenders that were started').toHaveLength(1);
  await killed(first);
  await lab.steer({});
  await lab.expectResume({ hero: frameNames('hero', 4) });
});

test('a batch is one batch when its data directory is reached by another path', async () => {
  const lab = await makeLab('stand-in');
  const first = await nightInFrame(lab, 3);
  const link = join(lab.folder, 'another way');
  await symlink(lab.data, link);
  const second = await lab.night({ env: { NIGHTSHIFT_DATA: link } });
  expect(second.err).toContain(`(process ${first.pid}, since `);
  await killed(first);
  await lab.steer({});
  await lab.expectResume({ hero: frameNames('hero', 4) }, { env: { NIGHTSHIFT_DATA: link } });
});

test.skipIf(process.platform === 'win32')(
  'a Nightshift that was stopped and answers nobody still holds its batch, and goes on when it is woken',
  async () => {
    const lab = await makeLab('stand-in');
    const first = await nightInFrame(lab, 3, { seconds: 1 });
    first.kill('SIGSTOP');
    onTestFinished(() => first.kill('SIGCONT'));
    const second = await lab.night();
    expect(second.code).not.toBe(0);
    expect(second.err).toContain('This batch is being rendered by another Nightshift already.');
    expect(ofBlender(await lab.blenderLog(), 'start')).toHaveLength(1);
    first.kill('SIGCONT');
    const { code, done } = await first.end;
    expect(code).toBe(0);
    expect(done).toHaveLength(4);
    await lab.expectTruth();
  },
);

test('a night that is started again in the moment in which it is killed takes over the batch', async () => {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', 'frames: 1-9');
  await lab.steer({ render: { seconds: 0.05 } });
  let night = lab.begin();
  for (let frame = 2; frame < 8; frame += 2) {
    await night.until(told('frame-done', 'hero', frame));
    night.kill('SIGKILL');
    night = lab.begin();
  }
  const { code, err } = await night.end;
  expect(code, err).toBe(0);
  await lab.expectTruth();
  await lab.expectResume({ hero: frameNames('hero', 9) });
});

test.skipIf(process.platform !== 'linux')(
  'processes that were given the numbers of dead Blenders are left alone',
  async () => {
    const lab = await makeLab('stand-in');
    const first = await nightInFrame(lab, 3);
    const record = await workersFile(lab);
    const [dead] = JSON.parse(await readFile(record, 'utf8')) as { token: string }[];
    const token = dead?.token ?? '';
    expect(token).not.toBe('');
    await killed(first);
    // One that looks like a Blender of ours, and one whose words only begin like the token.
    const bystanders = [
      ['-e', 'setInterval(() => {}, 1000)', '--', 'nightshift', 'another-token'],
      ['-e', 'setInterval(() => {}, 1000)', '--', 'nightshift', `${token}-and-more`],
    ].map((args) => execa(process.execPath, args, { detached: true, reject: false }));
    onTestFinished(async () => {
      for (const child of bystanders) child.kill('SIGKILL');
      await Promise.all(bystanders);
    });
    const pids = bystanders.map(({ pid }) => pid ?? 0);
    await writeFile(record, JSON.stringify(pids.map((pid) => ({ pid, token }))));
    await lab.steer({});
    await lab.expectResume({ hero: frameNames('hero', 4) });
    for (const pid of pids) expect(await runs(pid), `process ${pid} runs`).toBe(true);
  },
);

test.skipIf(process.platform !== 'linux')(
  'a Blender that outlived its Nightshift is ended at the next start',
  async () => {
    const lab = await makeLab('stand-in');
    // Neither the end of standard input nor the kernel tells it that its parent has died.
    const wrapper = join(lab.folder, 'studio-blender');
    const lasting = `(cat; exec sleep 600) | "${STAND_IN}" "$@"`;
    await writeFile(
      wrapper,
      `#!/bin/sh\n[ "$1" = --version ] && exec "${STAND_IN}" "$@"\n${lasting}\n`,
    );
    await chmod(wrapper, 0o755);
    const env = { NIGHTSHIFT_BLENDER: wrapper };
    const first = await nightInFrame(lab, 3, { hang: true }, env);
    const workers = await readFile(await workersFile(lab), 'utf8');
    const { token } = JSON.parse(workers)[0];
    first.kill('SIGKILL');
    await first.end;
    expect((await commandsWith(token)).length, 'it does outlive it').toBeGreaterThan(0);
    await lab.steer({});
    const { code, err } = await lab.night({ env });
    expect(code, err).toBe(0);
    expect(await commandsWith(token)).toEqual([]);
    await lab.expectTruth();
  },
);

/** A night of one shot with four frames that has rendered two and is in the next one. */
async function nightInFrame(
  lab: Lab,
  frame: number,
  rule: Record<string, unknown> = { hang: true },
  env: Record<string, string> = {},
): Promise<RunningNight> {
  await lab.shot('hero', 'frames: 1-4');
  await lab.steer({ render: { frame, ...rule } });
  const night = lab.begin({ args: ['--workers', '1'], env });
  await night.until(told('frame-done', 'hero', frame - 1));
  return night;
}

async function killed(night: RunningNight): Promise<void> {
  expect(await runs(night.pid), 'the first was not disturbed').toBe(true);
  night.kill('SIGKILL');
  const { told: all } = await night.end;
  expect(ofType(all, 'frame-failed')).toEqual([]);
}

function ofBlender(log: readonly { readonly do: string }[], what: string) {
  return log.filter((noted) => noted.do === what);
}

async function workersFile(lab: Lab): Promise<string> {
  const names = await readdir(lab.data, { recursive: true });
  const found = names.find((name) => name.endsWith('workers.json'));
  return join(lab.data, found ?? 'workers.json');
}
