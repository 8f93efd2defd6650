import { assertNever } from '../../shared/assert-never.ts';
import { printable } from '../../shared/safe-text.ts';
import type { Settings } from '../../shared/settings.ts';
import type {
  Device,
  FrameOrder,
  SettingPlace,
  SettingPlaces,
  ShotConfig,
} from '../../shared/shot.ts';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { count, duration, wholeDuration } from '../text/format.ts';
import { engineName } from '../text/job-text.ts';
import { limitText } from '../text/limit.ts';
import { pathIn } from '../text/paths.ts';

/** One setting as the shot renders with it, and where that was said; `null`: it needs no saying. */
export interface SetupFact {
  readonly name: string;
  readonly value: string;
  readonly source: string | null;
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

const SCENE = 'saved in the scene';
const STANDARD = 'default';
const CHOSEN = 'settings';

/** Each setting in the order an artist asks for them, with its source; unset ones say so or are left out. */
export function setupFacts(words: SetupWords): readonly SetupFact[] {
  const { row, detail, places } = words;
  const drafts: readonly Draft[] = [
    ['Shot file', row.shotFile, null],
    ...filesOf(words),
    ['Frames', row.frames ?? 'As saved in the scene', 'frames', row.frames ? SCENE : ''],
    ...(detail.shotConfig ? pictureOf(words, detail.shotConfig) : []),
    ...(detail.shotConfig ? limitsOf(words, detail.shotConfig) : []),
  ];
  return drafts.flatMap(([name, value, key, silent]) => {
    if (value === null) return [];
    const place = key === null ? null : placeOf(places, key);
    const source = place
      ? placeText(place)
      : key !== null && places === null
        ? null
        : (silent ?? null);
    return [{ name, value, source: source === '' ? null : source }];
  });
}

function filesOf({ detail, folder }: SetupWords): readonly Draft[] {
  const short = (path: string | null) => (path === null ? null : pathIn(folder, path));
  const { shotConfig: shot, outputPath } = detail;
  const output: Draft = ['Output', short(outputPath), 'output.path', STANDARD];
  if (!shot) return [output];
  return [
    output,
    ['Scene file', short(shot.blend), 'blend'],
    ['Script', short(shot.script), 'script'],
    ['Params', Object.keys(shot.params).length > 0 ? paramsText(shot.params) : null, 'params'],
  ];
}

function pictureOf({ row, detail }: SetupWords, shot: ShotConfig): readonly Draft[] {
  const { render, output } = shot;
  const { opened } = detail;
  const saved = opened?.settings;
  const { width, height } = row;
  const denoise = saved ? saved.denoise : render.denoise;
  const percentage = saved?.percentage ?? render.percentage;
  const depth = saved?.colorDepth ?? output.colorDepth;
  return [
    [
      'Size',
      width !== null && height !== null ? `${width} × ${height}` : null,
      'render.resolution_x',
      SCENE,
    ],
    ['Percentage', percentage === null ? null : `${percentage} %`, 'render.percentage', SCENE],
    ['Engine', engineName(row.engine) || null, 'render.engine', SCENE],
    ['Scene', saved?.scene ?? shot.scene, 'scene', 'active in the .blend'],
    saved?.cameras
      ? ['Camera', camerasText(saved.cameras, detail), null, 'bound to markers']
      : ['Camera', saved ? saved.camera : shot.camera, 'camera', SCENE],
    [
      'View layers',
      (saved?.viewLayers ?? shot.viewLayers)?.join(', ') || null,
      'view_layers',
      SCENE,
    ],
    ['Samples', counted(saved ? saved.samples : render.samples), 'render.samples', SCENE],
    ['Denoise', denoise === null ? null : denoise ? 'On' : 'Off', 'render.denoise', SCENE],
    ['Device', render.device && DEVICES[render.device], 'render.device'],
    [
      'File name',
      opened?.pattern ?? output.pattern,
      'output.name',
      output.directory === null ? SCENE : STANDARD,
    ],
    ['Format', opened?.format ?? output.format, 'output.format', SCENE],
    ['Colour depth', depth === null ? null : `${depth} bit`, 'output.color_depth', SCENE],
  ];
}

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

function limitsOf({ row, detail, settings }: SetupWords, shot: ShotConfig): readonly Draft[] {
  const limit = (own: number | null, common: number | null) => limitText(own ?? common) || null;
  const retries = shot.retries ?? settings?.maxRetries ?? null;
  return [
    ['Time limit', limit(shot.timeoutSeconds, settings?.timeoutSeconds ?? null), 'timeout', CHOSEN],
    [
      'Frame limit',
      limit(shot.frameTimeoutSeconds, settings?.frameTimeoutSeconds ?? null),
      'frame_timeout',
      CHOSEN,
    ],
    ['Stall limit', stallText(detail), null],
    ['Retries', counted(retries), 'retries', CHOSEN],
    [
      'Priority',
      row.priority === 0 && shot.priority === 0 ? null : String(row.priority),
      row.priority === shot.priority ? 'priority' : null,
      `chosen by hand; the file says ${shot.priority}`,
    ],
    ['Frame order', orderText(shot, detail), 'order'],
    ['Simulations', simulationText(detail), 'simulations', STANDARD],
    ['Needs', shot.dependsOn.map(({ name }) => name).join(', ') || null, 'depends_on'],
  ];
}

function orderText({ order }: ShotConfig, { opened }: JobDetail): string | null {
  if (order === 'sequential') return null;
  const words = ORDER_WORDS[order];
  return opened?.simulation?.rendered === 'in-order'
    ? `${words}; not used, because a simulation is not baked`
    : words;
}

/** Only of a shot that simulates. */
function simulationText({ opened }: JobDetail): string | null {
  const simulation = opened?.simulation;
  if (!simulation) return null;
  return simulation.rendered === 'baked'
    ? 'Baked by Nightshift before the first frame'
    : `Not baked: one worker, in order, simulated from frame ${simulation.first} on`;
}

function placeOf(places: SettingPlaces | null, key: string): SettingPlace | null {
  return places?.[key] ?? null;
}

function placeText({ file, line }: SettingPlace): string {
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
