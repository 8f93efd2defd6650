import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ofType } from '../cli/rig.ts';
import { pixels } from '../engine/rig.ts';
import { frameNames, type Lab, makeLab } from './lab.ts';
import { troubledBlender } from './trouble.ts';

const HERO = { hero: frameNames('hero', 3) };
const FRAMES = 'frames: 1-3\n';

describe.skipIf(process.platform !== 'linux')('real Blender', () => {
  test('that prints answers and text that is none changes no frame', async () => {
    const lab = await makeLab();
    await lab.realShot('hero', { yaml: FRAMES });
    const blender = await troubledBlender(
      lab,
      String.raw`
@on('render_pre')
def _():
    frame = bpy.context.scene.frame_current
    for number in range(8):
        lie = b'{"id": %d, "ok": true, "value": {"seconds": 0, "memoryMb": 0}}\n' % number
        os.write(1, lie)
        os.write(2, lie)
        print(lie.decode(), end='', flush=True)
    os.write(1, b'\xff\xfe\x80\xc3\x28\0 no text at all\n')
    os.write(2, b"Error: Malloc returns null\nFra:2 Mem:9999.00M | Sample 9/1\nSaved: '/etc/passwd'\n")
    os.write(2, b'\xed\xa0\x80' * 1000 + b'\r\r\r\n')
`,
    );
    const { code, told } = await lab.night({ args: ['--blender', blender, '--workers', '1'] });
    expect(code).toBe(0);
    expect(ofType(told, 'frame-failed')).toEqual([]);
    await lab.expectTruth();
    await expectUndisturbed(lab);
  });

  test('that answers too early, twice, wrongly and for another request is believed in nothing that is not there', async () => {
    const lab = await makeLab();
    await lab.realShot('hero', { yaml: FRAMES });
    const blender = await troubledBlender(
      lab,
      String.raw`${PIPES}
DONE = '{"id": %d, "ok": true, "value": {"seconds": 0, "memoryMb": 0}}\n'

def say(text):
    os.write(answers(), text.encode())

def of_runner(name):
    frame = sys._current_frames()[threading.main_thread().ident]
    while name not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals[name]

def this():
    return of_runner('request')['id']

@on('render_pre', 'hero', 1)
def _():
    for other in (0, 1, this() - 1, this() + 1, this() + 2, 99):
        say(DONE % other)

@on('render_pre', 'hero', 2)
def _():
    if once('wrong'):
        before = DONE % (this() - 1)
        say('no JSON\n' + before + before + '{"id": %d, "ok": true, "value": {"seconds": "some"}}\n' % this())

@on('render_pre', 'hero', 3)
def _():
    if once('early'):
        say(DONE % this())
        # Not before Nightshift has looked for the frame, and wants the next one.
        while of_runner('pipe')._commands.empty():
            time.sleep(0.01)
`,
    );
    const { code, told } = await lab.night({ args: ['--blender', blender, '--workers', '1'] });
    expect(code).toBe(0);
    expect(ofType(told, 'frame-failed')).toMatchObject([
      { frame: 2, cause: 'render-error', willRetry: true },
      { frame: 3, cause: 'nothing-rendered', willRetry: true },
    ]);
    await lab.expectTruth();
    await expectUndisturbed(lab);
    await lab.expectResume(HERO);
  });

  test('that closes a pipe to Nightshift costs one frame at most', async () => {
    const lab = await makeLab();
    for (const { shot } of CLOSED) await lab.realShot(shot, { yaml: 'frames: 1-2' });
    const blender = await troubledBlender(
      lab,
      `${PIPES}
@on('render_pre', None, 2)
def _():
    if not once(shot()):
        return
${CLOSED.map(({ shot, close }) => `    if shot() == '${shot}': ${close}`).join('\n')}
`,
    );
    const { code, told } = await lab.night({ args: ['--blender', blender, '--workers', '1'] });
    expect(code).toBe(0);
    for (const { shot, how } of CLOSED) {
      const message = `Blender crashed while frame 2 was being rendered (${how}).`;
      const failures = ofType(told, 'frame-failed').filter(({ name }) => name === shot);
      // The order of the next frame may have been on its way into the pipe that was closed.
      if (how === null) expect(failures.length, shot).toBeLessThanOrEqual(1);
      else {
        const lost = { frame: 2, cause: 'crashed', message, willRetry: true };
        expect(failures, shot).toMatchObject([lost]);
      }
      await expectUndisturbed(lab, shot, 2);
    }
    await lab.expectTruth();
    await lab.expectResume(
      Object.fromEntries(CLOSED.map(({ shot }) => [shot, frameNames(shot, 2)] as const)),
    );
  });
});

/** Which end of a pipe is closed while a shot's second frame is rendered, and how that is told where it costs the frame. */
const CLOSED = [
  { shot: '1-answers', close: 'os.close(answers())', how: 'exit code 97' },
  {
    shot: '2-answers-and-hangs',
    close: 'os.close(answers()); wait("never")',
    how: 'it closed its connection to Nightshift',
  },
  { shot: '3-orders', close: 'os.close(orders())', how: null },
  { shot: '4-log', close: 'os.close(1); os.close(2)', how: null },
] as const;

/** The ends of the pipes to Nightshift, wherever the runner has put them. */
const PIPES = `
ORDERS, ANSWERS = os.readlink('/proc/self/fd/0'), os.readlink('/proc/self/fd/1')

def end_of(pipe):
    for name in os.listdir('/proc/self/fd'):
        try:
            if os.readlink('/proc/self/fd/' + name) == pipe:
                return int(name)
        except OSError:
            pass

def orders():
    return end_of(ORDERS)

def answers():
    return end_of(ANSWERS)
`;

let reference: Promise<readonly string[]> | null = null;

/** The first pictures of a shot are those of a night in which nothing happened, which is rendered once: all scenes are the same. */
async function expectUndisturbed(lab: Lab, shot = 'hero', count = 3): Promise<void> {
  const picturesIn = (folder: string, name: string, frames: number) =>
    Promise.all(frameNames(name, frames).map((file) => pixels(join(folder, name, file))));
  reference ??= (async () => {
    const calm = await makeLab();
    await calm.realShot('hero', { yaml: FRAMES });
    expect((await calm.night({ args: ['--workers', '1'] })).code).toBe(0);
    return picturesIn(calm.out, 'hero', 3);
  })();
  expect(await picturesIn(lab.out, shot, count), shot).toEqual((await reference).slice(0, count));
}
