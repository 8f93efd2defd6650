import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SCENES = 6;
/** As many stand in one folder as a sequence has shots. */
const SHOTS_A_FOLDER = 100;

const DEFAULTS = `render:
  engine: cycles
  resolution: [64, 36]
  samples: 4
output:
  format: PNG
retries: 1
`;

const BASE = `abstract: true
frames: 1-240
render:
  percentage: 50
timeout: 2h
`;

/**
 * A folder of YAML shots over six scenes, every other one with a parent, all with the defaults of the
 * folder. Nothing in it can be rendered: the scenes are bytes. Resolves with the shot files.
 */
export async function makeShotFolder(folder: string, shots: number): Promise<readonly string[]> {
  await mkdir(join(folder, 'scenes'), { recursive: true });
  for (let scene = 0; scene < SCENES; scene += 1) {
    await writeFile(join(folder, 'scenes', `s${scene}.blend`), Buffer.alloc(700_000, scene + 1));
  }
  await writeFile(join(folder, 'defaults.yaml'), DEFAULTS);
  await writeFile(join(folder, 'base.yaml'), BASE);
  const files: string[] = [];
  for (let number = 0; number < shots; number += 1) {
    const sequence = join(folder, `seq${Math.floor(number / SHOTS_A_FOLDER)}`);
    if (number % SHOTS_A_FOLDER === 0) await mkdir(sequence);
    const file = join(sequence, `shot_${number}.yaml`);
    await writeFile(file, number % 2 === 0 ? whole(number) : inheriting(number));
    files.push(file);
  }
  return files;
}

function whole(number: number): string {
  return `# Shot ${number}
name: shot_${number}
blend: ../scenes/s${number % SCENES}.blend
scene: Scene
camera: Cam_${number}
frames: 1-240
render:
  percentage: 100
  samples: ${1 + (number % 7)}
output:
  format: PNG
  color_depth: 8
timeout: 2h
frame_timeout: 10m
`;
}

function inheriting(number: number): string {
  return `name: shot_${number}
extends: ../base.yaml
blend: ../scenes/s${number % SCENES}.blend
camera: Cam_${number}
render:
  samples: ${1 + (number % 7)}
`;
}
