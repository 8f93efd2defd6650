import type { ColorDepth, OutputFormat } from './formats.ts';
import type { KeepScene } from './kept-scene.ts';

/** `gpu-or-cpu`: on the CPU where there is no GPU, or where it has too little memory. */
export type Device = 'cpu' | 'gpu' | 'gpu-or-cpu';

/** What the shot file overrides of the scene's render settings. `null`: as saved in the scene. */
export interface RenderOverrides {
  /** `cycles`, `eevee`, `workbench`, or Blender's own identifier. */
  readonly engine: string | null;
  /** Pixels, before the percentage. */
  readonly width: number | null;
  readonly height: number | null;
  readonly percentage: number | null;
  readonly samples: number | null;
  /** So many times the samples that the scene has, where `samples` is `null`; not there: as they are. */
  readonly samplesTimes?: number;
  readonly denoise: boolean | null;
  readonly device: Device | null;
}

export interface OutputConfig {
  /** Absolute folder of the frames; `null` keeps the path saved in the .blend (`output.path: scene`). */
  readonly directory: string | null;
  /** File name with `####` where the frame number goes, without extension. */
  readonly pattern: string;
  readonly format: OutputFormat | null;
  readonly colorDepth: ColorDepth | null;
  /** Where the artist chose that frames go: absolute, links resolved. Elsewhere only a trusted folder writes. */
  readonly allowed: readonly string[];
}

/**
 * In which order the frames of a shot are rendered; `pool/frame-order.ts` says exactly which.
 * All but the first let an artist judge the whole shot long before it is done.
 */
export const FRAME_ORDERS = ['sequential', 'ends-first', 'middle-out', 'every-nth'] as const;
export type FrameOrder = (typeof FRAME_ORDERS)[number];

/**
 * What becomes of simulations that are not baked. `in-order`: one worker goes through all frames in order. `bake`: they
 * are baked into a folder of ours first, where Blender can do that, and then all workers render.
 */
export const SIMULATION_MODES = ['in-order', 'bake'] as const;
export type SimulationMode = (typeof SIMULATION_MODES)[number];

/** Another shot of the batch. */
export interface ShotLink {
  readonly job: string;
  readonly name: string;
}

/** A shot as its files describe it: inherited, merged, checked, every path absolute. */
export interface ShotConfig {
  readonly blend: string | null;
  readonly script: string | null;
  /** The Blender that it asks for: a version such as `4.3`, `4.5.1`, or an absolute path; `null`: the one that fits. */
  readonly blender: string | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly scene: string | null;
  readonly camera: string | null;
  readonly viewLayers: readonly string[] | null;
  /** Ascending, without repeats; `null`: the scene's own range. */
  readonly frames: readonly number[] | null;
  readonly render: RenderOverrides;
  readonly output: OutputConfig;
  readonly timeoutSeconds: number | null;
  readonly frameTimeoutSeconds: number | null;
  readonly retries: number | null;
  /** Higher goes first. */
  readonly priority: number;
  readonly order: FrameOrder;
  readonly simulations: SimulationMode;
  /** What may be kept of its scene from frame to frame; not there: `auto`. It changes no pixel. */
  readonly keepScene?: KeepScene;
  /** The shots that have to be complete before this one starts. */
  readonly dependsOn: readonly ShotLink[];
  /** Rendered for a test pass: every `step`th of its frames, and no files beside them; not there: for the finals. */
  readonly test?: { readonly step: number };
}

export interface SettingPlace {
  /** Relative to the shot folder, with `/`. */
  readonly file: string;
  /** 1-based; `null`: the file as a whole says it. */
  readonly line: number | null;
}

/** Where settings are said, by their path in a shot file such as `render.samples`. */
export type SettingPlaces = Readonly<Record<string, SettingPlace>>;

/** Something about a shot that the artist should know before the night. */
export interface ShotProblem {
  readonly severity: 'error' | 'warning';
  /** The file that says it, relative to the shot folder, with `/`. */
  readonly file: string;
  /** 1-based; `null` where the problem is not at one place of a text. */
  readonly line: number | null;
  readonly column: number | null;
  /** The job it belongs to, if any. */
  readonly jobId: string | null;
  /** One sentence, with what was expected or what to do. */
  readonly message: string;
  /** It is none once the folder is trusted. */
  readonly needsTrust?: true;
  /** The shot fails for it; without it, it is rendered all the same. */
  readonly endsShot?: true;
}

/**
 * Why a file is no shot though it could be one: a newer version of the shot is there, it lies in a folder of backups,
 * Blender saved it by itself, or the artist does not want it.
 */
export const LEFT_OUT_REASONS = ['older-version', 'backup', 'autosave', 'by-hand'] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

export interface LeftOutShot {
  /** Of the job that it would be. */
  readonly id: string;
  readonly name: string;
  /** Relative to the shot folder, with `/`. */
  readonly file: string;
  readonly reason: LeftOutReason;
  /** The file of the newest version; `null`: it is left out for something else. */
  readonly newer: string | null;
}

/** What a folder holds that is not rendered. */
export interface LeftOut {
  readonly shots: readonly LeftOutShot[];
  /** Files of shots that a rule would leave out and the artist has taken in. */
  readonly takenIn: readonly string[];
  /** Blender's own backups (`.blend1`), which are never shots. */
  readonly blendBackups: number;
}
