import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_SETTINGS, type Settings } from '../../../shared/settings.ts';

/** Folders of one window: its shots, and where it keeps its journals and settings. */
export interface Place {
  readonly shots: string;
  readonly data: string;
}

export interface PlaceOptions {
  readonly shots: number;
  readonly framesEach: number;
  readonly settings?: Partial<Settings>;
}

const SHOTS_A_SCENE = 100;
const FILES_AT_ONCE = 200;

/** Makes a folder of shots that only a stand-in can open, a hundred to each scene. */
export async function makePlace(folder: string, options: PlaceOptions): Promise<Place> {
  const place = { shots: join(folder, 'shots'), data: join(folder, 'data') };
  const scenes = join(place.shots, 'scenes');
  await mkdir(scenes, { recursive: true });
  await mkdir(place.data, { recursive: true });
  const files: (readonly [string, string])[] = [];
  for (let shot = 0; shot < options.shots; shot += 1) {
    const scene = `scene_${number(Math.floor(shot / SHOTS_A_SCENE), 3)}`;
    if (shot % SHOTS_A_SCENE === 0) {
      files.push([join(scenes, `${scene}.blend`), `BLENDER-v403RENDH ${scene}`]);
    }
    const text = `blend: scenes/${scene}.blend\nframes: 1-${options.framesEach}\n`;
    files.push([join(place.shots, `shot_${number(shot + 1, 5)}.yaml`), text]);
  }
  for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
    const some = files.slice(at, at + FILES_AT_ONCE);
    await Promise.all(some.map(([file, text]) => writeFile(file, text)));
  }
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  await writeFile(join(place.data, 'settings.json'), JSON.stringify(settings));
  return place;
}

/** Name of the nth shot, from 1. */
export function shotName(nth: number): string {
  return `shot_${number(nth, 5)}`;
}

function number(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
