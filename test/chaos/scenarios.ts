import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeBlend } from '../helpers/make-blend.ts';

/** A shot file can be changed in earnest, and back: each version has pixels of its own. */
export type Version = 'a' | 'b';

export interface Shot {
  readonly name: string;
  /** The text of its shot file; `null`: a bare .blend, which stays as it is. */
  readonly yaml: ((version: Version) => string) | null;
}

/** A small shot folder and how it is rendered. */
export interface Scenario {
  readonly name: string;
  readonly blender: 'scripted' | 'real';
  readonly args: readonly string[];
  readonly shots: readonly Shot[];
  /** Makes everything but the shot files. */
  readonly scenes: (folder: string) => Promise<void>;
}

const samples = (version: Version, few: number) => (version === 'a' ? few : few + 3);

const yaml =
  (blend: string, frames: string, more: string, few = 6) =>
  (version: Version) =>
    `blend: ../scenes/${blend}.blend\nframes: ${frames}\nrender:\n  samples: ${samples(version, few)}\n${more}`;

const SCRIPTED_SHOTS = ['dawn', 'noon', 'dusk', 'night'];

/** Many frames that cost nothing: what is under test is us. */
const scripted: Scenario = {
  name: 'scripted',
  blender: 'scripted',
  args: [],
  shots: SCRIPTED_SHOTS.map((name, index) => ({
    name,
    yaml: yaml(name, `1-${8 + 4 * index}`, '', 4),
  })),
  scenes: async (folder) => {
    for (const name of SCRIPTED_SHOTS) {
      await write(join(folder, 'scenes', `${name}.blend`), `BLENDER-v403RENDH ${name}`);
    }
  },
};

const pictures: Scenario = {
  name: 'real PNG and EXR',
  blender: 'real',
  args: ['--factory-startup'],
  shots: [
    { name: 'cube', yaml: yaml('cube', '1-10', '', 40) },
    {
      name: 'mist',
      yaml: yaml('mist', '2-12x2', '  resolution: [96, 54]\noutput:\n  format: OPEN_EXR\n', 20),
    },
  ],
  scenes: async (folder) => {
    await makeBlend(join(folder, 'scenes/cube.blend'));
    await makeBlend(join(folder, 'scenes/mist.blend'), 'cube.location.x = 1\n');
  },
};

const grown: Scenario = {
  name: 'real JPEG, script and bare .blend',
  blender: 'real',
  args: ['--factory-startup', '--trust'],
  shots: [
    {
      name: 'snap',
      yaml: yaml('snap', '1-6', '  resolution: [160, 90]\noutput:\n  format: JPEG\n', 10),
    },
    { name: 'grown', yaml: yaml('snap', '1-6', 'script: ../scenes/grow.py\nparams:\n  size: 2\n') },
    { name: 'bare', yaml: null },
  ],
  scenes: async (folder) => {
    await makeBlend(join(folder, 'scenes/snap.blend'), 'cube.location.z = 0.5\n');
    await makeBlend(join(folder, 'shots/bare.blend'), 'scene.cycles.samples = 30\n');
    await write(join(folder, 'scenes/grow.py'), GROW);
  },
};

export const SCENARIOS: readonly Scenario[] = [scripted, pictures, grown];

const GROW = `import bpy
for place in range(int(params["size"])):
    bpy.ops.mesh.primitive_monkey_add(location=(place * 2 - 1, 0, 1))
`;

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
