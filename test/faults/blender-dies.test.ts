import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BatchJob } from '../../shared/job.ts';
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

/**
 * A shot for each moment and signal, whose Blender is struck once. The signal is told of a frame only; before there is one,
 * one that can't be caught and one that can stand for all. After a SIGKILL fewer Blenders are at work: those come last.
 */
const STRUCK = [
  { moment: 'renders', signal: 'SIGSEGV', bytes: 0 },
  { moment: 'loads', signal: 'SIGSEGV', bytes: null },
  { moment: 'writes', signal: 'SIGSEGV', bytes: 1000 },
  { moment: 'renders', signal: 'SIGTERM', bytes: 0 },
  { moment: 'writes', signal: 'SIGTERM', bytes: 1000 },
  { moment: 'renders', signal: 'SIGKILL', bytes: 0 },
  { moment: 'writes', signal: 'SIGKILL', bytes: 1000 },
] as const;
/** In the order in which their Blenders are struck: one after the other, since shots begin in that of their names. */
const SHOTS = STRUCK.map(({ moment, signal }, at) => `${at + 1}-${moment}-${signal}`);
const NEIGHBOUR = '0-neighbour';
const FRAMES = Object.fromEntries([
  ...SHOTS.map((name) => [name, frameNames(name, 3)] as const),
  [NEIGHBOUR, frameNames(NEIGHBOUR, 2)] as const,
]);

/** What strikes. The neighbour's Blender renders its first frame until all has happened that leaves two at work. */
const STRIKE = `
import fcntl, warnings
warnings.simplefilter("ignore")
def strike(name):
    os.kill(os.getpid(), getattr(signal, name))
    time.sleep(60)

def struck(moment):
    """The signal that the open shot's Blender is to be struck with now."""
    when, name = shot().split('-', 2)[1:] if shot().count('-') == 2 else (None, None)
    return name if when == moment and once(f'struck {shot()}') else None

@on('render_pre', '${NEIGHBOUR}', 1)
def _():
    wait('struck ${SHOTS.at(-2)}')

# What Blender itself makes of the path that it was given.
def written():
    render = bpy.context.scene.render
    return render.filepath + (render.file_extension if render.use_file_extension else '')

def size(file):
    return os.path.getsize(file) if os.path.exists(file) else 0

@on('render_post')
def _():
    note(f'{shot()} {os.getpid()}')

@bpy.app.handlers.persistent
def loading(path):
    name = os.path.splitext(os.path.basename(path))[0]
    if '-loads-' in name and once(f'struck {name}'):
        strike(name.split('-')[2])
bpy.app.handlers.load_pre.append(loading)

def watch(name, file, signal):
    for turn in range(20):
        # Python gets these turns while Cycles renders, and not in between.
        time.sleep(0.001)
    note(f'struck {name} with {size(file)} bytes')
    strike(signal)

@on('render_pre', None, 2)
def _():
    signal = struck('renders')
    if signal:
        threading.Thread(target=watch, args=[shot(), written(), signal], daemon=True).start()

# Blender hands a picture to the system in one piece; through a narrow pipe that takes its time.
def write_half(name, file, blender, signal_name):
    with open(file, 'rb', buffering=0) as pipe:
        half = pipe.read(1000)
        with open(file + '.half', 'wb') as start:
            start.write(half)
        os.rename(file + '.half', file)
        note(f'struck {name} with {len(half)} bytes')
        os.kill(blender, getattr(signal, signal_name))
        wait('never')

@on('render_pre', None, 2)
def _():
    signal = struck('writes')
    if not signal:
        return
    name, file, blender = shot(), written(), os.getpid()
    os.mkfifo(file)
    pipe = os.open(file, os.O_RDWR)
    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 4096)
    if os.fork() == 0:
        write_half(name, file, blender, signal)
`;

describe.skipIf(process.platform !== 'linux')('real Blender', () => {
  test('that dies of a signal while it loads, renders or writes costs only what it was at', async () => {
    const lab = await makeLab();
    for (const [name, frames] of Object.entries(FRAMES)) {
      await lab.realShot(name, { ...SCENE, yaml: `frames: 1-${frames.length}` });
    }
    const blender = await troubledBlender(lab, STRIKE);
    const { code, told, err } = await lab.night({
      args: ['--blender', blender, '--workers', '2'],
    });

    expect(code, err).toBe(0);
    const jobs = new Map((await lab.jobs()).map((job) => [job.name, job]));
    const noted = await notes(lab);
    for (const [at, struck] of STRUCK.entries()) {
      const name = SHOTS[at] as string;
      const frameLost = struck.moment !== 'loads';
      const failures = ofType(told, 'frame-failed').filter((event) => event.name === name);
      const failure = { name, frame: 2, willRetry: true, ...WORDS[struck.signal] };
      expect(failures, `what failed of ${name}`).toMatchObject(frameLost ? [failure] : []);
      if (frameLost) expect(noted).toContain(`struck ${name} with ${struck.bytes} bytes`);
      expect(jobs.get(name), name).toMatchObject({ status: 'completed', retryCount: 1 });
      expect(tries(jobs.get(name)), `tries of ${name}`).toEqual(frameLost ? [1, 2, 1] : [1, 1, 1]);
    }
    for (const [shot, names] of Object.entries(FRAMES)) {
      const frames = ofType(told, 'frame-done').filter(({ name }) => name === shot);
      const numbers = frames.map(({ frame }) => frame).sort();
      expect(numbers, `frames of ${shot}`).toEqual(names.map((_, at) => at + 1));
    }
    expect(ofType(told, 'job-retried').map(({ name }) => name)).toEqual(['2-loads-SIGSEGV']);
    const neighbour = jobs.get(NEIGHBOUR);
    expect(neighbour).toMatchObject({ status: 'completed', retryCount: 0 });
    expect(tries(neighbour), 'tries of the neighbour').toEqual([1, 1]);
    const its = noted.filter((line) => line.startsWith(NEIGHBOUR));
    expect(new Set(its).size, 'Blenders that the neighbour had').toBe(1);

    await lab.expectTruth();
    const again = await lab.expectResume(FRAMES);
    expect(again.done).toEqual([]);
    const right = await undisturbed(lab);
    for (const [shot, names] of Object.entries(FRAMES)) {
      const pictures = await Promise.all(names.map((name) => pixels(join(lab.out, shot, name))));
      expect(pictures, `pictures of ${shot}`).toEqual(right.slice(0, names.length));
    }
  });
});

function tries(job: BatchJob | undefined): readonly number[] | undefined {
  return job?.frames.map((frame) => frame.tries);
}

/** The three frames of a night in which nothing happens. All shots have the same scene. */
async function undisturbed(lab: Lab): Promise<readonly string[]> {
  const out = join(lab.folder, 'undisturbed');
  const [shot = ''] = SHOTS;
  const { code } = await lab.night({ out, args: ['--workers', '1', '--only', shot] });
  expect(code).toBe(0);
  const pictures = await Promise.all(
    frameNames(shot, 3).map((name) => pixels(join(out, shot, name))),
  );
  expect(new Set(pictures).size, 'the frames differ').toBe(3);
  return pictures;
}
