import type { z } from 'zod';
import type { LogLine } from '../../shared/events.ts';
import type { Failure } from '../../shared/failure.ts';
import type { OutputFormat } from '../../shared/formats.ts';
import type { Frozen } from '../../shared/frozen.ts';
import type { GpuDevice, GpuList } from '../../shared/gpu.ts';
import type { ShotConfig, SimulationMode } from '../../shared/shot.ts';
import type { Host } from './host.ts';
import type {
  findingsSchema,
  renderedSchema,
  sceneFactsSchema,
  simulationFactsSchema,
} from './protocol.ts';

/** Success or a diagnosed failure: the same shape for everything that a Blender is asked to do. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

/** How to start a Blender. */
export interface WorkerOptions {
  /** Where it is started; not there: on this computer. */
  readonly host?: Host;
  readonly blenderPath: string;
  /** `-y` instead of `-Y`, and `script:` may run. */
  readonly trusted: boolean;
  readonly factoryStartup: boolean;
  /** Absolute folder that this worker alone may fill (its TMPDIR); made by the caller, removed by the caller. */
  readonly temporary: string;
  /** Absolute folder in which the runner stays for other Blenders of this computer; not there: it is written into `temporary`. */
  readonly runners?: string | undefined;
  /** Unique text that stands after `--` on the command line and marks the process as ours; made where it is not given. */
  readonly token?: string;
  readonly onLog: (line: Omit<LogLine, 'at' | 'worker'>) => void;
  readonly onSamples: (samples: SampleProgress) => void;
}

export interface SampleProgress {
  readonly frame: number;
  readonly done: number;
  readonly total: number;
  readonly memoryMb: number | null;
}

/** Limits of one request. On expiry, and when the signal aborts, Blender and all that it has started are killed. */
export interface Limits {
  /** Cancel: interrupt, then kill; gone within a second. The answer is then whatever; the caller knows. */
  readonly signal: AbortSignal;
  /** Hard limit: cause `timed-out`. `null`: none. */
  readonly timeoutMs: number | null;
  /** Asked when the hard limit is reached: ms that are left after all, as after a pause. Without it: none. */
  readonly leftMs?: () => number;
  /** Longest silence and no answer: cause `stalled`. `null`: none. */
  readonly stallMs: number | null;
}

export type SceneFacts = Frozen<z.infer<typeof sceneFactsSchema>>;
export type SimulationFacts = Frozen<z.infer<typeof simulationFactsSchema>>;
export type RenderedFrame = Frozen<z.infer<typeof renderedSchema>> & {
  /** Seconds until Cycles had its scene and began with the pixels, by its own words; not there: it said nothing. */
  readonly preparedSeconds?: number;
};
/** One finding of the preflight. */
export type Finding = Frozen<z.infer<typeof findingsSchema>>[number];

/** The part of a shot that a worker needs; paths absolute. */
export type SceneRequest = Pick<
  ShotConfig,
  'blend' | 'script' | 'params' | 'scene' | 'camera' | 'viewLayers' | 'render'
> & {
  readonly format: OutputFormat | null;
  readonly colorDepth: number | null;
  /** The one GPU that Cycles may use; `null`: all that Blender's preferences choose, else the best. */
  readonly gpu: Pick<GpuDevice, 'kind' | 'id' | 'name'> | null;
  /** The first and the last frame that are rendered; not there: the scene's own. */
  readonly frames?: readonly [first: number, last: number] | null;
  /** What is to become of simulations that are not baked. */
  readonly simulations?: SimulationMode;
  /** Absolute folder that `bake` has filled: they are read from there. */
  readonly simulationCache?: string | null;
  /** The compositor writes no files of its own beside the frames. */
  readonly framesOnly?: boolean;
};

export interface BakeRequest {
  /** Absolute, there, and empty. */
  readonly folder: string;
  /** The last frame that is rendered. */
  readonly last: number;
}

export interface RenderRequest {
  readonly frame: number;
  readonly threads: number;
  /** Absolute staging file, written exactly there (no extension added). Its folder exists. */
  readonly file: string;
  /**
   * `begin`: the scene is built for this frame, and kept for the next one; `go-on`: it is as the frame before has left it;
   * `off`: it is built for this frame alone. Not there: as is saved in the scene.
   */
  readonly keep?: 'begin' | 'go-on' | 'off';
  /**
   * Only a trial: with this share of width and height, and without the files that the compositor writes beside the
   * frame. The scene is as before afterwards.
   */
  readonly share?: number;
}

export interface EncodeRequest {
  /** The image files in order, absolute. */
  readonly frames: readonly string[];
  /** Absolute staging file of the movie; has the movie's extension. */
  readonly file: string;
}

/** A movie for looking: H.264 in MP4, without sound. */
export interface MovieRequest extends EncodeRequest {
  readonly fps: number;
  /** Pixels, even. */
  readonly width: number;
  readonly height: number;
  /** The frames are of another size; else at most an odd line and column are cut off. */
  readonly stretched: boolean;
  /** The frames are scene-linear, and are shown through AgX. */
  readonly linear: boolean;
}

/** One Blender of the pool. One request at a time. `alive` is false for ever once it has gone. */
export interface BlenderWorker {
  /** What it says that its process is called where it runs. */
  readonly pid: number;
  readonly alive: boolean;
  /** The version that it says it is, such as `4.3.2`; `null` before it has come up. */
  readonly blenderVersion: string | null;
  /** May be given another shot: nothing that the last one left behind in it would change that. Once false, for ever. */
  readonly clean: boolean;
  /** Opens the scene from scratch and applies the overrides; the worker then holds this scene. */
  open(request: SceneRequest, limits: Limits): Promise<Answer<SceneFacts>>;
  render(request: RenderRequest, limits: Limits): Promise<Answer<RenderedFrame>>;
  /** Goes through the frames of the open scene's simulations up to this one, which is then rendered. */
  runUp(frame: number, limits: Limits): Promise<Answer<{ readonly seconds: number }>>;
  /** Bakes the open scene's simulations into a folder. Afterwards the scene has to be opened anew. */
  bake(request: BakeRequest, limits: Limits): Promise<Answer<{ readonly seconds: number }>>;
  /** Encodes finished frames with the open scene's own movie settings. */
  encode(request: EncodeRequest, limits: Limits): Promise<Answer<{ readonly seconds: number }>>;
  /** Makes a movie for looking of finished frames of one folder. Needs no open scene. */
  movie(request: MovieRequest, limits: Limits): Promise<Answer<{ readonly seconds: number }>>;
  /**
   * Preflight of the open scene: camera, libraries, textures, fonts, caches, engine, denoiser, version. Of what has a
   * file for each frame, those of `frames` are looked for.
   */
  inspect(frames: readonly number[], limits: Limits): Promise<Answer<readonly Finding[]>>;
  /** The GPUs that Cycles can use. Needs no open scene; the first time the drivers are asked. */
  devices(limits: Limits): Promise<Answer<GpuList>>;
  /** Ask, wait, force; safe to call twice. Resolves when it and all that it has started are gone. */
  close(): Promise<void>;
}

export type StartWorker = (
  options: WorkerOptions,
  limits: Limits,
) => Promise<Answer<BlenderWorker>>;
