import { z } from 'zod';
import { COLOR_DEPTHS, formatNamed, OUTPUT_FORMATS } from '../../../shared/formats.ts';
import { parseFrames } from '../../../shared/frames.ts';
import { KEEP_SCENE } from '../../../shared/kept-scene.ts';
import { FRAME_ORDERS, SIMULATION_MODES } from '../../../shared/shot.ts';

/*
 * The one definition of a shot file. An `error` says what is expected, to be read after "expected";
 * an issue with code `custom` is a whole sentence.
 */

const text = z
  .string({ error: 'text' })
  .min(1, { error: 'text that is not empty' })
  .regex(/^\P{Cc}*$/u, { error: 'text on one line, without control characters' });

/** No system takes longer ones, and each folder of a path costs a look at the disk. */
export const MAX_PATH = 4096;

const path = (description: string) =>
  text.max(MAX_PATH, { error: `a path of at most ${MAX_PATH} letters` }).meta({ description });

const whole = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

const flag = z.boolean({ error: 'true or false' });

const DURATION = 'a number of seconds or text such as 90s, 20m or 1h30m';
const duration = z
  .union([z.number().positive({ error: DURATION }), z.string()], { error: DURATION })
  .transform((value, context) => {
    const seconds = parseDuration(value);
    if (seconds !== null) return seconds;
    // The same words as for a wrong type, so `params` marks that they are no sentence.
    context.addIssue({ code: 'custom', message: DURATION, params: { expected: true } });
    return z.NEVER;
  });

const frames = z
  .union(
    [
      z.number(),
      z.string(),
      z.array(z.unknown()).meta({ items: { type: 'integer' } }),
      z.looseObject({}).meta({
        properties: {
          start: { type: 'integer' },
          end: { type: 'integer' },
          step: { type: 'integer' },
        },
        additionalProperties: false,
      }),
    ],
    { error: 'frames such as 12, 1-48, [1, 48] or 1-48, 60, 70-100x2' },
  )
  .transform((value, context) => {
    const parsed = parseFrames(value);
    if (parsed.ok) return parsed.frames;
    context.addIssue({ code: 'custom', message: parsed.message });
    return z.NEVER;
  });

const format = z.preprocess(
  (value) => (typeof value === 'string' ? formatNamed(value) : value),
  z.enum(OUTPUT_FORMATS, { error: OUTPUT_FORMATS.join(', ') }),
);

const ENGINES = ['cycles', 'eevee', 'workbench'] as const;
const ENGINE = "cycles, eevee, workbench or Blender's own identifier such as BLENDER_EEVEE_NEXT";
const engine = z.preprocess(
  (value) => (ENGINES.some((name) => name === lower(value)) ? lower(value) : value),
  z.union([z.enum(ENGINES), z.string().regex(/^[A-Z][A-Z0-9_]*$/, { error: ENGINE })], {
    error: ENGINE,
  }),
);

const device = z.preprocess(
  lower,
  z.enum(['cpu', 'gpu', 'gpu-or-cpu'], { error: 'cpu, gpu or gpu-or-cpu' }),
);

/** Where somebody has written true or false, or a YAML of old has made that of on and off. */
const keepScene = z.preprocess(
  (value) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : lower(value)),
  z.enum(KEEP_SCENE, { error: 'auto, on or off' }),
);

const colorDepth = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
  z.literal(COLOR_DEPTHS, {
    error: `${COLOR_DEPTHS.join(', ').replace(/, (\d+)$/, ' or $1')} bits`,
  }),
);

const BLENDER = 'a version of Blender such as 4.3 or 4.5.1, or the path of one';

const LAYERS = 'a list of names of view layers';

const order = z.preprocess(dashed, z.enum(FRAME_ORDERS, { error: FRAME_ORDERS.join(', ') }));

const simulations = z.preprocess(
  dashed,
  z.enum(SIMULATION_MODES, { error: SIMULATION_MODES.join(' or ') }),
);

const SHOTS = 'the name of a shot, or a list of names';

const pixels = whole(4, 65_536);

const renderSchema = z
  .object(
    {
      engine: engine.meta({ description: 'Render engine.' }),
      resolution: z
        .tuple([pixels, pixels], { error: 'width and height in pixels such as [1920, 1080]' })
        .meta({ description: 'Width and height in pixels, before the percentage.' }),
      resolution_x: pixels.meta({ description: 'Width in pixels, before the percentage.' }),
      resolution_y: pixels.meta({ description: 'Height in pixels, before the percentage.' }),
      percentage: whole(1, 32_767).meta({ description: 'Size of the picture in percent.' }),
      samples: whole(1, 16_777_216).meta({ description: 'Samples per pixel.' }),
      denoise: flag.meta({ description: 'Denoise the finished picture.' }),
      keep_scene: keepScene.meta({
        description:
          'Whether Blender keeps the scene from one frame to the next. auto: where that is faster and compared frames are the same; on: always, without comparing; off: never.',
      }),
      device: device.meta({
        description: 'What Cycles renders on; gpu-or-cpu: the CPU where no GPU can render it.',
      }),
    },
    { error: 'keys such as engine, resolution or samples' },
  )
  .partial();

/** File systems take 255 bytes: this leaves eight for a number and five for an extension. */
const MAX_NAME_BYTES = 240;

const bytesOf = (name: string) => new TextEncoder().encode(name).length;

/** What becomes the name of a device once the number and the extension stand behind it. */
const DEVICE = /^(?:(?:con|prn|aux|nul|(?:com|lpt)[0-9])\.|(?:com|lpt)#(?:\.|$))/i;

const outputSchema = z
  .object(
    {
      path: path(
        'Folder of the frames, relative to this file; `scene` keeps the path saved in the .blend.',
      ),
      name: text
        .regex(/^[^<>:"/\\|?*]+$/, { error: 'a file name without any of < > : " / \\ | ? *' })
        .regex(/[^. ]$/, { error: 'a file name that does not end in a dot or a space' })
        .refine((name) => !DEVICE.test(name), {
          error: 'a file name that Windows does not keep for a device',
        })
        .refine((name) => bytesOf(name) <= MAX_NAME_BYTES, {
          error: `a file name of at most ${MAX_NAME_BYTES} bytes, so that number and extension fit behind it`,
        })
        .meta({ description: 'File name without extension; #### becomes the frame number.' }),
      format: format.meta({ description: 'File format of the frames.' }),
      color_depth: colorDepth.meta({ description: 'Bits a channel.' }),
    },
    { error: 'keys such as path, name or format' },
  )
  .partial();

export const shotSchema = z
  .object(
    {
      $schema: text.meta({ description: 'The JSON Schema of this file, for the editor.' }),
      name: text.meta({ description: "Name of the shot; else the file's own name." }),
      extends: path('A shot file to inherit from, relative to this file; own keys win.'),
      abstract: flag.meta({ description: 'true: only there to be extended, renders nothing.' }),
      blend: path('The .blend file, relative to this file.'),
      script: path('Python run inside Blender after the .blend is open, relative to this file.'),
      blender: text.max(MAX_PATH, { error: BLENDER }).refine(isBlender, { error: BLENDER }).meta({
        description:
          'The Blender to render with: a version such as 4.3 or 4.5.1, or, in a trusted folder, a path relative to this file. Else the version that saved the .blend.',
      }),
      params: z
        .record(z.string(), z.unknown(), { error: 'keys and values for the script' })
        .meta({ description: 'Values that the script gets.' }),
      scene: text.meta({ description: 'Name of the scene.' }),
      camera: text.meta({ description: 'Name of the camera object.' }),
      view_layers: z
        .union([text.transform((name) => [name]), z.array(text).min(1, { error: LAYERS })], {
          error: LAYERS,
        })
        .meta({ description: 'Names of the view layers to render.' }),
      frames: frames.meta({ description: 'Such as 12, [1, 48] or 1-48, 60, 70-100x2.' }),
      render: renderSchema.meta({ description: "Overrides of the scene's render settings." }),
      output: outputSchema.meta({ description: 'Where the frames go, and as what.' }),
      timeout: duration.meta({ description: 'Limit for the whole shot: seconds, 90s, 20m, 2h.' }),
      frame_timeout: duration.meta({ description: 'Limit for one frame: seconds, 90s, 20m, 2h.' }),
      retries: whole(0, 100).meta({ description: 'Tries of a frame after the first.' }),
      priority: whole(-1_000_000, 1_000_000).meta({ description: 'Higher goes first.' }),
      order: order.meta({
        description:
          'Order of the frames. ends-first: first, last, then the middle of each gap; middle-out: from the middle to both ends; every-nth: every Nth frame, N halving, so that the whole shot gets finer.',
      }),
      simulations: simulations.meta({
        description:
          'Simulations that are not baked. in-order: one worker renders all frames in order; bake: they are baked into a folder of its own first, where Blender can do that, and all workers render.',
      }),
      depends_on: z
        .union([text.transform((name) => [name]), z.array(text)], { error: SHOTS })
        .meta({
          description: 'Shots that must be complete before this one starts: names or files.',
        }),
    },
    { error: 'keys such as blend, frames or render' },
  )
  .partial();

export type ShotValues = z.output<typeof shotSchema>;

/** The keys that are known at each level; `params` is free. */
export const KNOWN_KEYS = {
  shot: Object.keys(shotSchema.shape),
  render: Object.keys(renderSchema.shape),
  output: Object.keys(outputSchema.shape),
} as const;

/** A version from 2.80 on, whose patch may be left open; or what can only be a path. */
function isBlender(said: string): boolean {
  if (/[\\/]/.test(said)) return true;
  const [, major, minor] = /^(\d{1,2})\.(\d{1,2})(?:\.\d{1,2})?$/.exec(said) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 80);
}

function dashed(value: unknown): unknown {
  return typeof value === 'string' ? lowerText(value).replace(/[\s_]+/g, '-') : value;
}

function lower(value: unknown): unknown {
  return typeof value === 'string' ? lowerText(value) : value;
}

function lowerText(value: string): string {
  return value.trim().toLowerCase();
}

/** Timers can't wait longer than 2^31 ms. */
const MAX_SECONDS = 2_000_000;

const TEXT =
  /^(?:(\d+(?:\.\d+)?)\s*h)?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)\s*s?)?$/i;

/**
 * Seconds from `90`, `90s`, `20m`, `2h` or `1h30m`; `null` for anything else.
 * More than zero, at most MAX_SECONDS.
 */
export function parseDuration(value: number | string): number | null {
  const seconds = typeof value === 'number' ? value : secondsOf(value.trim());
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : null;
}

function secondsOf(text: string): number {
  const match = text.length > 60 ? null : TEXT.exec(text);
  if (!match) return 0;
  const [, hours = 0, minutes = 0, seconds = 0] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** One list for all shots of the same frames: ten thousand shots would fill memory with their numbers. */
export class FrameLists {
  readonly #known = new Map<string, (readonly number[])[]>();

  /** The same numbers, in the list of whoever asked first. */
  shared(frames: readonly number[]): readonly number[] {
    const key = `${frames.length} ${frames[0]} ${frames.at(-1)}`;
    const alike = this.#known.get(key) ?? [];
    const same = alike.find((list) => list.every((frame, index) => frame === frames[index]));
    if (same) return same;
    // Looking through more would cost more than it saves.
    if (alike.length < MOST_ALIKE) this.#known.set(key, [...alike, frames]);
    return frames;
  }
}

const MOST_ALIKE = 8;
