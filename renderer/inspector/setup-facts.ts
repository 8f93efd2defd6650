import { assertNever } from '../../shared/assert-never.ts';
import { COLOR_DEPTHS, FORMATS, OUTPUT_FORMATS } from '../../shared/formats.ts';
import type { KeepScene } from '../../shared/kept-scene.ts';
import { keptText } from '../../shared/kept-text.ts';
import { printable } from '../../shared/safe-text.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Device, FrameOrder, SettingPlace, SettingPlaces } from '../../shared/shot.ts';
import {
  SETTING_KEYS,
  type SettingKey,
  type SetupValue,
  type ShotSetup,
} from '../../shared/shot-setup.ts';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { count, duration, wholeDuration } from '../text/format.ts';
import { engineName } from '../text/job-text.ts';
import { limitText } from '../text/limit.ts';
import { pathIn } from '../text/paths.ts';

/** One setting as the shot renders with it, and where that was said; `null`: it needs no saying. */
export interface SetupFact {
  readonly name: string;
  /** `null`: it can be changed, and is not known yet. */
  readonly value: string | null;
  readonly source: string | null;
  /** What it is called where it can be changed; `null`: it can't. */
  readonly setting: SettingKey | null;
}

/** What the facts are made of. */
export interface SetupWords {
  readonly row: JobRow;
  readonly detail: JobDetail;
  readonly folder: string;
  /** `null`: not known yet; then no source is told but those that are sure. */
  readonly places: SettingPlaces | null;
  readonly settings: Settings | null;
}

type Draft = readonly [name: string, value: string | null, key: string | null, silent?: string];

const SCENE = 'scene';
const ACTIVE = 'active scene';
const MARKERS = 'markers';
const STANDARD = 'default';
const CHOSEN = 'settings';

/** Each setting in the order an artist asks for them, with its source; what can't be changed and is not said is left out. */
export function setupFacts(words: SetupWords): readonly SetupFact[] {
  const { row, places } = words;
  const drafts: readonly Draft[] = [
    ['Shot file', row.shotFile, null],
    ...filesOf(words),
    ['Frames', row.frames, 'frames', SCENE],
    ...pictureOf(words),
    ...limitsOf(words),
  ];
  return drafts.flatMap(([name, value, key, silent = '']) => {
    const setting = SETTING_KEYS.find((each) => each === key) ?? null;
    if (value === null && setting === null) return [];
    const place = key === null ? null : placeOf(places, key);
    const isKnown = value !== null && (key === null || places !== null);
    const source = place ? placeText(place) : isKnown ? silent : '';
    return [{ name, value, source: source === '' ? null : source, setting }];
  });
}

function filesOf({ detail: { shotConfig: shot }, folder }: SetupWords): readonly Draft[] {
  const short = (path: string | null) => (path === null ? null : pathIn(folder, path));
  if (!shot) return [];
  return [
    ['Scene file', short(shot.blend), 'blend'],
    ['Script', short(shot.script), 'script'],
    ['Params', Object.keys(shot.params).length > 0 ? paramsText(shot.params) : null, 'params'],
  ];
}

function pictureOf({ row, detail, folder }: SetupWords): readonly Draft[] {
  const { opened, shotConfig: shot, outputPath } = detail;
  const { render, output } = shot ?? {};
  const saved = opened?.settings;
  const { width, height } = row;
  const denoise = (saved ? saved.denoise : render?.denoise) ?? null;
  const percentage = saved?.percentage ?? render?.percentage ?? null;
  const depth = saved?.colorDepth ?? output?.colorDepth ?? null;
  const size = width !== null && height !== null ? `${width} × ${height}` : null;
  const isWhole = percentage === 100;
  return [
    ['Resolution', isWhole ? size : null, 'render.resolution', SCENE],
    ['Percentage', percentage === null ? null : `${percentage} %`, 'render.percentage', SCENE],
    ['Size', isWhole ? null : size, null, 'of the finished picture'],
    [
      'Samples',
      counted(saved ? saved.samples : (render?.samples ?? null)),
      'render.samples',
      SCENE,
    ],
    ['Denoise', denoise === null ? null : denoise ? 'On' : 'Off', 'render.denoise', SCENE],
    ['Engine', engineName(row.engine) || null, 'render.engine', SCENE],
    ['Device', (render?.device && DEVICES[render.device]) ?? null, 'render.device'],
    ['Keep scene', keepingText(shot), 'render.keep_scene', STANDARD],
    ['Kept scene', keptText(row), null],
    ['Scene', saved?.scene ?? shot?.scene ?? null, 'scene', ACTIVE],
    saved?.cameras
      ? ['Camera', camerasText(saved.cameras, detail), 'camera', MARKERS]
      : ['Camera', (saved ? saved.camera : shot?.camera) ?? null, 'camera', SCENE],
    [
      'View layers',
      (saved?.viewLayers ?? shot?.viewLayers)?.join(', ') || null,
      'view_layers',
      SCENE,
    ],
    ['Output', pathIn(folder, outputPath), 'output.path', STANDARD],
    [
      'File name',
      opened?.pattern ?? output?.pattern ?? null,
      'output.name',
      output?.directory === null ? SCENE : STANDARD,
    ],
    ['Format', opened?.format ?? output?.format ?? null, 'output.format', SCENE],
    ['Colour depth', depth === null ? null : `${depth} bit`, 'output.color_depth', SCENE],
  ];
}

/** How its scene is to be kept, before anything has come of it. */
function keepingText(shot: JobDetail['shotConfig']): string {
  return KEEPING[shot?.keepScene ?? 'auto'];
}

const KEEPING: Readonly<Record<KeepScene, string>> = {
  auto: 'Where it is faster',
  on: 'Always, without checks',
  off: 'Never',
};

/** The cameras that the shot's frames are seen by: `Cam_A, Cam_B`. */
function camerasText(
  cameras: readonly { readonly from: number; readonly camera: string }[],
  { frames }: Pick<JobDetail, 'frames'>,
): string {
  const [first, last] = [frames[0]?.frame, frames.at(-1)?.frame];
  const used = cameras.filter(({ from }, index) => {
    const next = cameras[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const begins = index === 0 ? Number.NEGATIVE_INFINITY : from;
    return begins <= (last ?? Number.POSITIVE_INFINITY) && next > (first ?? begins);
  });
  const names = [...new Set(used.map(({ camera }) => camera))];
  const more = names.length - CAMERAS_NAMED;
  return more > 0
    ? `${names.slice(0, CAMERAS_NAMED).join(', ')} and ${more} more`
    : names.join(', ');
}

const CAMERAS_NAMED = 5;

function limitsOf({ row, detail, settings }: SetupWords): readonly Draft[] {
  const { shotConfig: shot } = detail;
  const limit = (own: number | null | undefined, common: number | null | undefined) =>
    limitText(own ?? common ?? null) || (settings === null ? null : 'None');
  const retries = shot?.retries ?? settings?.maxRetries ?? null;
  const frameLimit = limit(shot?.frameTimeoutSeconds, settings?.frameTimeoutSeconds);
  const priority = shot?.priority ?? 0;
  return [
    ['Time limit', limit(shot?.timeoutSeconds, settings?.timeoutSeconds), 'timeout', CHOSEN],
    ['Frame limit', frameLimit, 'frame_timeout', CHOSEN],
    ['Stall limit', shot && stallText(detail), null],
    ['Retries', counted(retries), 'retries', CHOSEN],
    [
      'Priority',
      row.priority === 0 && priority === 0 ? null : String(row.priority),
      row.priority === priority ? 'priority' : null,
      `chosen by hand; the file says ${priority}`,
    ],
    ['Frame order', orderText(detail), 'order', STANDARD],
    ['Simulations', simulationText(detail), 'simulations', STANDARD],
    ['Needs', shot?.dependsOn.map(({ name }) => name).join(', ') || null, 'depends_on'],
  ];
}

function orderText({ shotConfig, opened }: JobDetail): string {
  const order = shotConfig?.order ?? 'sequential';
  const words = ORDER_WORDS[order];
  if (order === 'sequential') return words;
  return opened?.simulation?.rendered === 'in-order'
    ? `${words}; not used, because a simulation is not baked`
    : words;
}

/** Of a shot that simulates. */
function simulationText({ opened }: JobDetail): string | null {
  const simulation = opened?.simulation;
  if (!simulation) return null;
  return simulation.rendered === 'baked'
    ? 'Baked by Nightshift before the first frame'
    : `Not baked: one worker, in order, simulated from frame ${simulation.first} on`;
}

function placeOf(places: SettingPlaces | null, key: string): SettingPlace | null {
  const sides = ['render.resolution_x', 'render.resolution_y'];
  for (const each of key === 'render.resolution' ? sides : [key]) {
    if (places?.[each]) return places[each];
  }
  return null;
}

export function placeText({ file, line }: SettingPlace): string {
  const name = printable(file);
  return line === null ? name : `${name}, line ${line}`;
}

const DEVICES: Readonly<Record<Device, string>> = {
  cpu: 'CPU',
  gpu: 'GPU',
  'gpu-or-cpu': 'GPU, else CPU',
};

const ORDER_WORDS: Readonly<Record<FrameOrder, string>> = {
  sequential: 'From the first to the last',
  'ends-first': 'Both ends first, then the middle of each gap',
  'middle-out': 'From the middle to both ends',
  'every-nth': 'Every Nth frame, finer and finer',
};

/** How long Blender may neither speak nor compute before a frame counts as stalled, and why so long. */
function stallText({ stall, openStallMs }: JobDetail): string {
  switch (stall.from) {
    case 'frame-timeout':
      return 'None: the frame limit decides';
    case 'first-frame':
      return `${wholeDuration(stall.ms / 1000)} without a sign of life, while no frame is known (${wholeDuration(openStallMs / 1000)} while it opens)`;
    case 'slowest-frame': {
      const slowest = duration(stall.slowestSeconds);
      const limit = wholeDuration(stall.ms / 1000);
      return stall.ms > stall.slowestSeconds * 10_000
        ? `${limit} without a sign of life, never less (slowest frame: ${slowest})`
        : `${limit} without a sign of life, 10 times the slowest frame (${slowest})`;
    }
    default:
      return assertNever(stall);
  }
}

function counted(value: number | null): string | null {
  return value === null ? null : count(value);
}

function paramsText(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** Whether a setting is said by the scene and by no file. */
export function isOfScene({ source }: Pick<SetupFact, 'source'>): boolean {
  return source === SCENE || source === ACTIVE || source === MARKERS;
}

/** What each setting is called, in the order in which they are shown for many shots. */
const NAMES: Readonly<Record<SettingKey, string>> = {
  frames: 'Frames',
  'render.resolution': 'Resolution',
  'render.percentage': 'Percentage',
  'render.samples': 'Samples',
  'render.denoise': 'Denoise',
  'render.engine': 'Engine',
  'render.device': 'Device',
  'render.keep_scene': 'Keep scene',
  scene: 'Scene',
  camera: 'Camera',
  view_layers: 'View layers',
  'output.path': 'Output',
  'output.name': 'File name',
  'output.format': 'Format',
  'output.color_depth': 'Colour depth',
  timeout: 'Time limit',
  frame_timeout: 'Frame limit',
  retries: 'Retries',
  order: 'Frame order',
  simulations: 'Simulations',
};

/** What many shots have in common, as far as their scenes are known. */
export function setupOfMany(setup: ShotSetup | null): readonly SetupFact[] {
  return SETTING_KEYS.map((setting) => {
    const scene = setup?.values[setting].scene ?? null;
    return {
      name: NAMES[setting],
      value: scene === null ? null : (sceneWords(setting, scene) ?? scene),
      source: scene === null ? null : 'scenes',
      setting,
    };
  });
}

function sceneWords(setting: SettingKey, text: string): string | undefined {
  if (setting === 'render.engine') return engineName(text);
  if (setting === 'render.percentage') return `${text} %`;
  if (setting === 'output.color_depth') return `${text} bit`;
  return CHOICES[setting]?.[text];
}

/** What stands in a field that says nothing itself. */
export function otherwiseText(
  setting: SettingKey,
  value: SetupValue | null,
  otherwise: string | null,
): string {
  if (value?.differs) return 'Differs';
  // What is known is what the file says now, and not what the scene would.
  if (value?.said == null && otherwise !== null) return otherwise;
  return NO_SCENE[setting] ?? 'As in the scene';
}

/** What no scene says. */
const NO_SCENE: Readonly<Partial<Record<SettingKey, string>>> = {
  'output.path': 'In the output folder',
  'output.name': 'After the shot',
  timeout: 'As in the settings',
  frame_timeout: 'As in the settings',
  retries: 'As in the settings',
  order: ORDER_WORDS.sequential,
  simulations: 'Rendered in order',
  'render.keep_scene': KEEPING.auto,
};

/** The settings that are one of a few, with their words. */
export const CHOICES: Readonly<Partial<Record<SettingKey, Readonly<Record<string, string>>>>> = {
  'render.denoise': { true: 'On', false: 'Off' },
  'render.engine': { cycles: 'Cycles', eevee: 'EEVEE', workbench: 'Workbench' },
  'render.device': DEVICES,
  'render.keep_scene': KEEPING,
  'output.format': Object.fromEntries(
    OUTPUT_FORMATS.map((format) => [format, FORMATS[format].label]),
  ),
  'output.color_depth': Object.fromEntries(COLOR_DEPTHS.map((bits) => [bits, `${bits} bit`])),
  order: ORDER_WORDS,
  simulations: { 'in-order': 'Rendered in order', bake: 'Baked first' },
};

/** How the others are typed. */
export const EXAMPLES: Readonly<Partial<Record<SettingKey, string>>> = {
  frames: 'Such as 1-48, 60, 70-100x2.',
  'render.resolution': 'Such as 1920 × 1080.',
  view_layers: 'Names, with commas between.',
  'output.path': 'From the shot file on; “scene” keeps the path of the .blend.',
  'output.name': '#### becomes the frame number.',
  timeout: 'Such as 90m or 2h.',
  frame_timeout: 'Such as 90s or 20m.',
};
