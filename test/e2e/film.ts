import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './launch.ts';

/** Speaks as the runner in a Blender does; its first lines say how it is steered. */
export const STAND_IN = join(projectRoot, 'test/stand-ins/fake-blender.mjs');

/** The environment in which the app takes the stand-in for its Blender, steered by these rules. */
export async function standIn(
  root: string,
  rules: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, string>>> {
  const steer = join(root, 'steer.json');
  await writeFile(steer, JSON.stringify(rules));
  return { NIGHTSHIFT_BLENDER: STAND_IN, FAKE_BLENDER: steer };
}

/** A second Blender for the app to find: the stand-in, unpacked into a folder, claiming a version of its own. */
export async function installed(
  home: string,
  version: string,
  rules: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const folder = join(home, `blender-${version}-linux-x64`);
  await mkdir(folder, { recursive: true });
  const steer = join(folder, 'steer.json');
  await writeFile(steer, JSON.stringify({ ...rules, version }));
  const program = join(folder, 'blender');
  await writeFile(program, `#!/bin/sh\nFAKE_BLENDER='${steer}' exec '${STAND_IN}' "$@"\n`);
  await chmod(program, 0o755);
  return program;
}

/** A folder of shots that only the stand-in renders, and the environment in which the app takes it for a Blender. */
export async function scriptedFilm(
  root: string,
  shots: Readonly<Record<string, string>>,
  rules: Readonly<Record<string, unknown>> = {},
  name = 'film',
): Promise<{ readonly folder: string; readonly env: Readonly<Record<string, string>> }> {
  const folder = join(root, name);
  await mkdir(join(folder, 'scenes'), { recursive: true });
  for (const [shot, text] of Object.entries(shots)) {
    await writeFile(join(folder, 'scenes', `${shot}.blend`), `BLENDER-v403RENDH ${shot}`);
    await writeFile(join(folder, `${shot}.yaml`), `blend: scenes/${shot}.blend\n${text}`);
  }
  return { folder, env: await standIn(root, rules) };
}
