import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { visibleFiles } from './files.ts';
import type { Scenario, Version } from './scenarios.ts';

/** The folders of one round: shots, scenes, output and checkpoints. */
export interface World {
  readonly scenario: Scenario;
  readonly folder: string;
  readonly shots: string;
  readonly out: string;
  readonly data: string;
  readonly steerFile: string;
  /** Which version of each shot file is there now. */
  readonly versions: ReadonlyMap<string, Version>;
  /** Writes a shot file. */
  turn(shot: string, version: Version): Promise<void>;
  /** Gives a shot file or a scene a new time and leaves its content. */
  touch(file: string): Promise<void>;
  /** What the stand-in does from now on. */
  steer(rules: Record<string, unknown>): Promise<void>;
  remove(): Promise<void>;
}

export async function makeWorld(scenario: Scenario): Promise<World> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-chaos-')));
  const shots = join(folder, 'shots');
  const steerFile = join(folder, 'steer.json');
  const versions = new Map<string, Version>();
  const world: World = {
    scenario,
    folder,
    shots,
    out: join(folder, 'out'),
    data: join(folder, 'data'),
    steerFile,
    versions,
    turn: async (shot, version) => {
      const text = scenario.shots.find(({ name }) => name === shot)?.yaml;
      versions.set(shot, version);
      if (text) await writeFile(join(shots, `${shot}.yaml`), text(version));
    },
    touch: async (file) => {
      const now = new Date();
      await utimes(file, now, now);
    },
    steer: async (rules) => {
      await rm(`${steerFile}.tries`, { recursive: true, force: true });
      await writeFile(steerFile, JSON.stringify(rules));
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
  await mkdir(shots, { recursive: true });
  await mkdir(world.out);
  await scenario.scenes(folder);
  for (const { name } of scenario.shots) await world.turn(name, 'a');
  await world.steer({});
  return world;
}

/** The frames below a folder, each as `shot/file`. */
export async function framesBelow(folder: string): Promise<readonly string[]> {
  const files = await visibleFiles(folder);
  return files.map((file) => relative(folder, file).split(sep).join('/')).sort();
}

/** The shot that a frame belongs to. */
export function shotOf(frame: string): string {
  return frame.slice(0, frame.indexOf('/'));
}

/** The file of the only journal below a data directory; `null` while there is none. */
export async function journalFile(data: string): Promise<string | null> {
  const batches = join(data, 'batches');
  const [batch] = await readdir(batches).catch(() => []);
  return batch === undefined ? null : join(batches, batch, 'journal.jsonl');
}

export async function journalText(data: string): Promise<string> {
  const file = await journalFile(data);
  return file === null ? '' : readFile(file, 'utf8').catch(() => '');
}
