import type { SettingPlace } from './shot.ts';
import type { TestPass } from './test-pass.ts';

/** The settings of a shot that can be changed in the window, as shot files call them, in the order in which they are shown. */
export const SETTING_KEYS = [
  'frames',
  'render.resolution',
  'render.percentage',
  'render.samples',
  'render.denoise',
  'render.engine',
  'render.device',
  'render.keep_scene',
  'scene',
  'camera',
  'view_layers',
  'output.path',
  'output.name',
  'output.format',
  'output.color_depth',
  'timeout',
  'frame_timeout',
  'retries',
  'order',
  'simulations',
] as const;
export type SettingKey = (typeof SETTING_KEYS)[number];

/** The settings that a test pass renders otherwise than shot files say; none where it is the finals. */
export function testedSettings(test: TestPass | undefined): ReadonlySet<SettingKey> {
  if (!test) return new Set();
  const { percentage, step, frames, samples, camera, engine, device, denoise, format } = test;
  const tested: readonly (readonly [SettingKey, unknown])[] = [
    ['render.percentage', percentage],
    ['frames', step ?? frames],
    ['render.samples', samples],
    ['camera', camera],
    ['render.engine', engine],
    ['render.device', device],
    ['render.denoise', denoise],
    ['output.format', format],
  ];
  return new Set(tested.flatMap(([key, value]) => (value === undefined ? [] : [key])));
}

/** What one or many shots render with, of one setting. Texts are as an artist types them: `1-48, 60`, `1920 × 1080`, `true`. */
export interface SetupValue {
  /** What their files say; `null`: nothing, or not the same. */
  readonly said: string | null;
  /** What their scenes say where the files say nothing; `null`: it is not known, or not the same. */
  readonly scene: string | null;
  /** The shots don't render with the same. */
  readonly differs: boolean;
  /** Where it is said, of one shot. */
  readonly place: SettingPlace | null;
  /** What clearing it does: takes it out of the shots' own files, or says there that what they inherit does not count. */
  readonly clears: 'own' | 'inherited' | null;
}

/** The settings of one or many shots, as their files are now. */
export interface ShotSetup {
  /** Stands for the text of their files: what has changed since is not written over. */
  readonly seen: string;
  /** Why they can't be changed, in a sentence; `null`: they can. */
  readonly problem: string | null;
  readonly values: Readonly<Record<SettingKey, SetupValue>>;
}

/** A shot file that was written. */
export interface WrittenShot {
  /** The shot as it was, and as it is once its folder is read anew: beside a bare .blend a file was made. */
  readonly jobId: string;
  readonly nowId: string;
  /** Relative to the shot folder, with `/`. */
  readonly file: string;
  readonly made: boolean;
  /** Where it says the setting now, 1-based; `null`: it does not say it any more. */
  readonly line: number | null;
}

/** What came of a change. */
export interface SetupChange {
  readonly written: readonly WrittenShot[];
  /** Why it went no further, in a sentence; `null`: all were written. */
  readonly failed: string | null;
  /** When it counts: at once, or when what renders now is done. */
  readonly counts: 'now' | 'next-render';
}
