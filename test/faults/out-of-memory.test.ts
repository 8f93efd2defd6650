import { describe, expect, test } from 'vitest';
import { ofType, type Told } from '../cli/rig.ts';
import { frameNames, makeLab } from './lab.ts';
import { memoryGroup } from './memory-group.ts';
import { notes, troubledBlender } from './trouble.ts';

const SHOTS = { hero: frameNames('hero', 3), neighbour: frameNames('neighbour', 3) };
const POOL = { type: 'pool-changed', workers: 1, of: 2 };

/** Notes who renders, and lets nobody pass who is the first at a place before the other is there too. */
const TOGETHER = `
@on('render_pre')
def _():
    note(f'begins {os.getpid()}')

@on('render_post')
def _():
    note(f'ends {os.getpid()}')

def meet(place):
    other = {'hero': 'neighbour', 'neighbour': 'hero'}[shot()]
    if once(f'{place}-{shot()}'):
        wait(f'{place}-{other}')
        return True
`;

describe.skipIf(process.platform !== 'linux')('where memory runs out', () => {
  // With little left no thread can be started any more, with more Cycles is the first to be refused.
  test.each([64, 150])(
    'with %i MB of address space left, the pool goes on with one Blender and renders every frame',
    async (left) => {
      const lab = await makeLab();
      // Half a million faces, which a Blender makes while it renders.
      const python = `
cube.modifiers.new('Many', 'SUBSURF').render_levels = 8
cube.modifiers['Many'].subdivision_type = 'SIMPLE'
cube.modifiers['Many'].levels = 0
`;
      await lab.realShot('hero', { python, yaml: 'frames: 1-3' });
      await lab.realShot('neighbour', { yaml: 'frames: 1-3' });
      const blender = await troubledBlender(
        lab,
        `${TOGETHER}
import resource

@on('render_pre', 'neighbour', 1)
def _():
    meet('there')

@on('render_pre', 'hero', 1)
def _():
    if meet('there'):
        used = int(open('/proc/self/statm').read().split()[0]) * os.sysconf('SC_PAGE_SIZE')
        resource.setrlimit(resource.RLIMIT_AS, (used + ${left} * 2**20, -1))
        note('short')
`,
      );
      const night = await lab.night({ args: ['--blender', blender, '--workers', '2'] });
      expect(night.code, night.err).toBe(0);
      expect(ofType(night.told, 'frame-failed')).toMatchObject([
        {
          name: 'hero',
          frame: 1,
          cause: 'out-of-memory',
          message: 'Blender ran out of memory while frame 1 was being rendered.',
          willRetry: true,
        },
      ]);
      expectSmallerPool(night.told, 'Memory ran out on frame 1 of hero.');
      expectOneAtATime(await notes(lab));
      await lab.expectTruth();
      await lab.expectResume(SHOTS);
    },
  );

  test('in a group of the kernel, the Blender that was killed comes back when the other is done', async ({
    skip,
  }) => {
    const under = memoryGroup(700);
    if (under === null) return skip('needs root and memory cgroups');
    const lab = await makeLab();
    for (const name of Object.keys(SHOTS)) await lab.realShot(name, { yaml: 'frames: 1-3' });
    const blender = await troubledBlender(
      lab,
      `${TOGETHER}
def is_alone():
    others = [line.split()[1] for line in open(os.path.join(HERE, 'notes')) if line.startswith('begins')]
    return not any(os.path.exists(f'/proc/{pid}') for pid in others if int(pid) != os.getpid())

@on('render_pre', None, 1)
def _():
    # Two of these don't fit, and nobody gives back his own before he is alone.
    global much
    met = meet('there')
    much = bytearray(400 * 2**20)
    for at in range(0, len(much), 4096):
        much[at] = 1
    while met and not is_alone():
        time.sleep(0.01)

@on('render_post', None, 1)
def _():
    global much
    much = None
`,
    );
    const night = await lab.night({ args: ['--blender', blender, '--workers', '2'], under });
    expect(night.code, night.err).toBe(0);
    const failures = ofType(night.told, 'frame-failed');
    expect(failures).toMatchObject([
      {
        frame: 1,
        cause: 'out-of-memory',
        message:
          'Blender was killed while frame 1 was being rendered, as the system does when memory runs out.',
        willRetry: true,
      },
    ]);
    expectSmallerPool(night.told, `Memory ran out on frame 1 of ${failures[0]?.name}.`);
    expectOneAtATime(await notes(lab));
    await lab.expectTruth();
    await lab.expectResume(SHOTS);
  });
});

function expectSmallerPool(told: readonly Told[], message: string): void {
  expect(ofType(told, 'pool-changed')[0]).toEqual({ ...POOL, message });
}

/** Whoever began while memory was short ended alone, and from then on no two rendered at once. */
function expectOneAtATime(lines: readonly string[]): void {
  const begun = new Set<string>();
  let most = 0;
  // The frames of the two that met, of which one is lost, come first.
  for (const line of lines.filter((one) => one !== 'short').slice(2)) {
    const [what, pid = ''] = line.split(' ');
    if (what === 'begins') begun.add(pid);
    else begun.delete(pid);
    most = Math.max(most, begun.size);
  }
  expect(most, lines.join(', ')).toBe(1);
}
