import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ofType } from '../cli/rig.ts';
import { pixels } from '../engine/rig.ts';
import { frameNames, type Lab, makeLab } from './lab.ts';
import { notes, troubledBlender } from './trouble.ts';

/** Frames that last a little, and noise that no compression makes short. */
const SCENE = {
  python: `
render.resolution_x, render.resolution_y = 160, 90
scene.cycles.samples = 16
render.dither_intensity = 2
`,
};
const FRAMES = { hero: frameNames('hero', 3), neighbour: frameNames('neighbour', 2) };

/** Strikes the hero's Blender once. The neighbour's renders its first frame until that has happened. */
const STRIKE = `
import fcntl, warnings
warnings.simplefilter("ignore")
def strike():
    os.kill(os.getpid(), SIGNAL)
    time.sleep(60)

@on('render_pre', 'neighbour', 1)
def _():
    wait('struck')

# What Blender itself makes of the path that it was given.
def written():
    render = bpy.context.scene.render
    return render.filepath + (render.file_extension if render.use_file_extension else '')

def size(file):
    return os.path.getsize(file) if os.path.exists(file) else 0

@on('render_post')
def _():
    note(f'{shot()} {os.getpid()}')
`;

const MOMENTS = {
  starts: `
if LANE == '1' and once('struck'):
    strike()
`,
  loads: `
@bpy.app.handlers.persistent
def loading(path):
    if 'hero' in path and once('struck'):
        strike()
bpy.app.handlers.load_pre.append(loading)
`,
  renders: `
def watch(file):
    for turn in range(20):
        # Python gets these turns while Cycles renders, and not in between.
        time.sleep(0.001)
    note(f'struck with {size(file)} bytes')
    strike()

@on('render_pre', 'hero', 2)
def _():
    if once('struck'):
        threading.Thread(target=watch, args=[written()], daemon=True).start()
`,
  // Blender hands a picture to the system in one piece; through a narrow pipe that takes its time.
  writes: `
def write_half(file, blender):
    with open(file, 'rb', buffering=0) as pipe:
        half = pipe.read(1000)
        with open(file + '.half', 'wb') as start:
            start.write(half)
        os.rename(file + '.half', file)
        note(f'struck with {len(half)} bytes')
        os.kill(blender, SIGNAL)
        wait('never')

@on('render_pre', 'hero', 2)
def _():
    if not once('struck'):
        return
    file, blender = written(), os.getpid()
    os.mkfifo(file)
    pipe = os.open(file, os.O_RDWR)
    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 4096)
    if os.fork() == 0:
        write_half(file, blender)
`,
};

const WORDS = {
  SIGKILL: {
    cause: 'out-of-memory',
    message:
      'Blender was killed while frame 2 was being rendered, as the system does when memory runs out.',
  },
  SIGTERM: {
    cause: 'crashed',
    message: 'Blender crashed while frame 2 was being rendered (SIGTERM).',
  },
  SIGSEGV: {
    cause: 'crashed',
    message: 'Blender crashed while frame 2 was being rendered (SIGSEGV).',
  },
} as const;
const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const;
/** The signal is told of a frame only; before there is one, one that can't be caught and one that can stand for all. */
const CASES = [
  { moment: 'starts', signal: 'SIGKILL' },
  { moment: 'loads', signal: 'SIGSEGV' },
  ...(['renders', 'writes'] as const).flatMap((moment) =>
    SIGNALS.map((signal) => ({ moment, signal })),
  ),
] as const;

describe.skipIf(process.platform !== 'linux')('real Blender', () => {
  test.each(CASES)(
    'that dies of $signal while it $moment costs only what it was at',
    async ({ moment, signal }) => {
      const lab = await makeLab();
      await lab.realShot('hero', SCENE);
      await lab.realShot('neighbour', { ...SCENE, yaml: 'frames: 1-2' });
      const blender = await troubledBlender(
        lab,
        `SIGNAL = signal.${signal}${STRIKE}${MOMENTS[moment]}`,
      );
      const { code, told, err } = await lab.night({
        args: ['--blender', blender, '--workers', '2'],
      });

      expect(code, err).toBe(0);
      const frameLost = moment === 'renders' || moment === 'writes';
      const failures = ofType(told, 'frame-failed');
      expect(failures).toHaveLength(frameLost ? 1 : 0);
      if (frameLost) {
        expect(failures[0]).toMatchObject({
          name: 'hero',
          frame: 2,
          willRetry: true,
          ...WORDS[signal],
        });
        expect(await notes(lab)).toContain(`struck with ${moment === 'writes' ? 1000 : 0} bytes`);
      }
      for (const shot of ['hero', 'neighbour'] as const) {
        const frames = ofType(told, 'frame-done').filter(({ name }) => name === shot);
        expect(frames.map(({ frame }) => frame).sort()).toEqual(
          FRAMES[shot].map((_, at) => at + 1),
        );
      }
      const [hero, neighbour] = await lab.jobs();
      // One that dies before its lane is there says nothing about a shot.
      const retryCount = moment === 'starts' ? 0 : 1;
      expect(hero).toMatchObject({ name: 'hero', status: 'completed', retryCount });
      expect(hero?.frames.map(({ tries }) => tries)).toEqual(frameLost ? [1, 2, 1] : [1, 1, 1]);
      expect(neighbour).toMatchObject({ name: 'neighbour', status: 'completed', retryCount: 0 });
      expect(neighbour?.frames.map(({ tries }) => tries)).toEqual([1, 1]);
      const its = (await notes(lab)).filter((line) => line.startsWith('neighbour'));
      expect(new Set(its).size, 'Blenders that the neighbour had').toBe(1);

      await lab.expectTruth();
      const again = await lab.expectResume(FRAMES);
      expect(again.done).toEqual([]);
      expect(await picturesOf(lab)).toEqual(await undisturbed(lab));
    },
  );
});

let reference: Promise<readonly string[]> | null = null;

/** The same frames of a night in which nothing happened; rendered once. */
function undisturbed(lab: Lab): Promise<readonly string[]> {
  const out = join(lab.folder, 'undisturbed');
  reference ??= lab.night({ out }).then(() => picturesOf({ ...lab, out }));
  return reference;
}

async function picturesOf({ out }: { readonly out: string }): Promise<readonly string[]> {
  const files = Object.entries(FRAMES).flatMap(([shot, names]) =>
    names.map((name) => join(out, shot, name)),
  );
  return Promise.all(files.map(pixels));
}
