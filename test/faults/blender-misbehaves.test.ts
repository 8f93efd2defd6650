import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ofType, runs } from '../cli/rig.ts';
import { frameNames, type Lab, makeLab, told } from './lab.ts';
import { notes, troubledBlender } from './trouble.ts';

const HERO = { hero: frameNames('hero', 3) };
const FRAMES = 'frames: 1-3\n';

describe.skipIf(process.platform !== 'linux')('real Blender', () => {
  test('that hangs without a word, while it loads and while it renders, costs no more than its limits', async () => {
    const lab = await makeLab();
    await lab.realShot('hero', { yaml: `${FRAMES}frame_timeout: 6` });
    await lab.realShot('stuck', { yaml: 'frames: 1-2\ntimeout: 6' });
    const blender = await troubledBlender(
      lab,
      `
import ctypes

def hang():
    # Without letting go of Python: not even the runner's own thread gets a turn.
    ctypes.PyDLL(None).select(0, None, None, None, None)

@on('render_pre', 'hero', 2)
def _():
    if once('hung'):
        hang()

@bpy.app.handlers.persistent
def loading(path):
    if 'stuck' in path:
        hang()
bpy.app.handlers.load_pre.append(loading)
`,
    );
    const night = await lab.night({ args: ['--blender', blender, '--workers', '2'] });
    expect(night.code).toBe(1);
    expect(ofType(night.told, 'frame-failed')).toMatchObject([
      {
        name: 'hero',
        frame: 2,
        cause: 'timed-out',
        willRetry: true,
        message:
          'Blender was stopped while frame 2 was being rendered, because it took longer than 6 seconds.',
      },
    ]);
    expect(night.told.find(told('job-finished', 'hero'))).toMatchObject({ status: 'completed' });
    expect(night.told.find(told('job-finished', 'stuck'))).toMatchObject({
      status: 'failed',
      cause: 'timed-out',
      message: 'The shot took longer than its time limit of 6 s.',
    });
    await lab.expectTruth();
    await lab.expectResume({ ...HERO, stuck: frameNames('stuck', 2) });
  });

  test('that says a hundred megabytes is read to the end, and fills neither memory nor disk', async () => {
    const lab = await makeLab();
    await lab.realShot('hero', { yaml: FRAMES });
    const blender = await troubledBlender(
      lab,
      String.raw`
@on('render_pre', 'hero', 2)
def _():
    lines = b'A word and another one, without any end. ' * 6 + b'\n'
    for _ in range(50 * 4):
        os.write(2, lines * 1024)
    for _ in range(50):
        os.write(2, b'x' * 2**20)
    note('said')
`,
    );
    const running = lab.begin({
      args: ['--blender', blender, '--workers', '1'],
      node: ['--max-old-space-size=64'],
    });
    await running.until(({ type, frame }) => type === 'frame-done' && frame === 1);
    const before = await peakMb(running.pid);
    await running.until(({ type, frame }) => type === 'frame-done' && frame === 3);
    const after = await peakMb(running.pid);
    const { code, told } = await running.end;
    expect(code).toBe(0);
    expect(ofType(told, 'frame-failed')).toEqual([]);
    expect(await notes(lab)).toEqual(['said']);
    expect(after - before).toBeLessThan(160);
    // The log of the shot, and what of it is kept with the night.
    expect(await logBytes(lab)).toBeLessThan((8 + 5) * 2 ** 20);
    await lab.expectResume(HERO);
  });

  test('that ignores every request to end is gone within a second after a cancel, with all that it started', async () => {
    const lab = await makeLab();
    await lab.realShot('hero', { yaml: FRAMES });
    const blender = await troubledBlender(
      lab,
      `${CHILDREN}
@on('render_pre', 'hero', 2)
def _():
    if once('hung'):
        libc = ctypes.PyDLL(None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            libc.signal(number, 1)
        start_children()
        libc.select(0, None, None, None, None)
`,
    );
    const running = lab.begin({ args: ['--blender', blender, '--workers', '1'] });
    const processes = await children(lab);
    const asked = Date.now();
    running.kill('SIGINT');
    for (const pid of processes)
      await vi.waitFor(() => expectGone(pid), { timeout: 1000, interval: 10 });
    expect(Date.now() - asked).toBeLessThan(1000);
    expect((await running.end).code).toBe(130);
    await lab.expectTruth();
    await lab.expectResume(HERO);
  });

  test('that crashes, is killed or ends takes what it started with it, also what has left its session', async () => {
    const lab = await makeLab();
    const shots = ['1-crashes', '2-is-killed', '3-ends'];
    for (const shot of shots) await lab.realShot(shot, { yaml: 'frames: 1' });
    const blender = await troubledBlender(
      lab,
      `${CHILDREN}
@on('render_pre', None, 1)
def _():
    if not once(shot()):
        return
    start_children()
    if shot() == '1-crashes':
        ctypes.string_at(0)
    if shot() == '2-is-killed':
        os.kill(os.getpid(), signal.SIGKILL)
`,
    );
    const night = await lab.night({ args: ['--blender', blender, '--workers', '1'] });
    expect(night.code).toBe(0);
    expect(ofType(night.told, 'frame-failed')).toMatchObject([
      { name: '1-crashes', cause: 'crashed' },
      { name: '2-is-killed', cause: 'out-of-memory' },
    ]);
    const started = (await notes(lab)).map(pidsIn);
    expect(new Set(started.map(([pid]) => pid)).size, 'Blenders that started something').toBe(3);
    for (const [at, pids] of started.entries()) {
      for (const pid of pids) await expectGone(pid, shots[at]);
    }
    await lab.expectResume(Object.fromEntries(shots.map((shot) => [shot, frameNames(shot, 1)])));
  });
});

/** One in Blender's own process group, one in a session of its own, one whose parent is gone. */
const CHILDREN = `
import ctypes, subprocess

def start_children():
    group = subprocess.Popen(['sleep', '1000'])
    session = subprocess.Popen(['sleep', '1000'], start_new_session=True)
    shell = subprocess.run(['sh', '-c', 'setsid sleep 1000 >&2 & echo $!'], stdout=subprocess.PIPE)
    note(' '.join(str(pid) for pid in (os.getpid(), group.pid, session.pid, int(shell.stdout))))
`;

/** Process ids of the Blender and of what it started; waits until it has told them. */
async function children(lab: Lab): Promise<readonly number[]> {
  const line = await vi.waitFor(
    async () => {
      const [first] = await notes(lab);
      expect(first).toBeDefined();
      return first;
    },
    { timeout: 60_000, interval: 20 },
  );
  return pidsIn(line ?? '');
}

function pidsIn(line: string): readonly number[] {
  const pids = line.split(' ').map(Number);
  expect(pids).toHaveLength(4);
  return pids;
}

async function expectGone(pid: number, of = 'the shot'): Promise<void> {
  expect(await runs(pid), `process ${pid} of ${of} runs`).toBe(false);
}

async function peakMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** What the logs of the only batch take on the disk. */
async function logBytes(lab: Lab): Promise<number> {
  const found = await readdir(join(lab.data, 'batches'), { recursive: true, withFileTypes: true });
  const logs = found.filter((entry) => entry.name.endsWith('.log'));
  const sizes = await Promise.all(logs.map(({ parentPath, name }) => stat(join(parentPath, name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
