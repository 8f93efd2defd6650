import { z } from 'zod';
import { formatNamed, OUTPUT_FORMATS } from './formats.ts';
import { formatFrames, parseFrames } from './frames.ts';
import type { Frozen } from './frozen.ts';

/** The limits are those of a shot file. */
const sampleCount = z.int().min(1).max(16_777_216);
const sizeInPixels = z.int().min(4).max(65_536);
const nameInScene = z
  .string()
  .min(1)
  .max(63)
  .regex(/^\P{Cc}*$/u);

const TEST_ENGINES = ['cycles', 'eevee', 'workbench'] as const;
const TEST_DEVICES = ['cpu', 'gpu', 'gpu-or-cpu'] as const;

/**
 * What a test pass renders otherwise than the finals, for all shots of a batch alike; what is not there stays as the
 * shots say it.
 */
export const testPassSchema = z
  .strictObject({
    /** Of the full resolution, in place of the shot's own percentage. */
    percentage: z.int().min(1).max(32_767),
    /** Pixels, before the percentage: `960x540`. */
    resolution: z.strictObject({ width: sizeInPixels, height: sizeInPixels }),
    /** Every `step`th of the frames that a shot has, its first one among them. */
    step: z.int().min(2).max(10_000),
    /** A number, or so many times those of the shot: `{ times: 0.5 }`. */
    samples: z.union([sampleCount, z.strictObject({ times: z.number().min(0.001).max(1000) })]),
    /** In place of the shot's own, such as `1-48, 60`. */
    frames: z
      .string()
      .max(4096)
      .refine((text) => parseFrames(text).ok),
    camera: nameInScene,
    /** Only these view layers, by name. */
    layers: z.array(nameInScene).min(1).max(64).readonly(),
    engine: z.enum(TEST_ENGINES),
    device: z.enum(TEST_DEVICES),
    denoise: z.boolean(),
    format: z.enum(OUTPUT_FORMATS),
  })
  .partial()
  .refine((test) => Object.values(test).some((value) => value !== undefined));
export type TestPass = Frozen<z.infer<typeof testPassSchema>>;

/** Every `step`th one, beginning with the first. */
export function everyNth(frames: readonly number[], step: number): readonly number[] {
  return step === 1 ? frames : frames.filter((_, index) => index % step === 0);
}

/** The frames that a test pass names, ascending; `null`: each shot has its own. */
export function testFrames({ frames }: TestPass): readonly number[] | null {
  const parsed = frames === undefined ? null : parseFrames(frames);
  return parsed?.ok ? parsed.frames : null;
}

/** What it overrides, each in a few signs for people: `25 %`, `every 8th`, `½ samples`. */
export function testChips(test: TestPass): readonly string[] {
  const { percentage, resolution, step, samples, camera, layers, engine, device, denoise, format } =
    test;
  const frames = testFrames(test);
  return [
    percentage !== undefined && `${percentage} %`,
    resolution !== undefined && `${resolution.width} × ${resolution.height}`,
    step !== undefined && `every ${ordinal(step)}`,
    samples !== undefined && samplesText(samples),
    frames !== null && `frames ${formatFrames(frames)}`,
    camera !== undefined && `camera ${camera}`,
    layers !== undefined && `${layers.length === 1 ? 'layer' : 'layers'} ${layers.join(', ')}`,
    engine !== undefined && ENGINE_WORDS[engine],
    device !== undefined && DEVICE_WORDS[device],
    denoise !== undefined && (denoise ? 'denoised' : 'not denoised'),
    format?.replaceAll('_', ' '),
  ].filter((chip) => typeof chip === 'string');
}

/** In one piece: `25 %, every 8th`. */
export function testText(test: TestPass): string {
  return testChips(test).join(', ');
}

/** How a batch is called in a sentence: `film`, `film (test 25 %, every 8th)`. */
export function titleOf(name: string, test: TestPass | undefined): string {
  return test ? `${name} (test ${testText(test)})` : name;
}

/** What tells it from other test passes, in plain signs: `25% step 8 samples x0.5`. */
export function testWords(test: TestPass): string {
  const { percentage, resolution, step, samples, camera, layers, engine, device, denoise, format } =
    test;
  const frames = testFrames(test);
  return [
    percentage !== undefined && `${percentage}%`,
    resolution !== undefined && `${resolution.width}x${resolution.height}`,
    step !== undefined && `step ${step}`,
    samples !== undefined && `samples ${samplesSaid(samples)}`,
    frames !== null && `frames ${formatFrames(frames)}`,
    camera !== undefined && `camera ${camera}`,
    layers !== undefined && `layers ${layers.join(', ')}`,
    engine,
    device,
    denoise !== undefined && (denoise ? 'denoised' : 'not denoised'),
    format?.toLowerCase().replaceAll('_', ' '),
  ]
    .filter((word) => typeof word === 'string')
    .join(' ');
}

const ENGINE_WORDS = { cycles: 'Cycles', eevee: 'EEVEE', workbench: 'Workbench' } as const;
const DEVICE_WORDS = { cpu: 'CPU', gpu: 'GPU', 'gpu-or-cpu': 'GPU or CPU' } as const;

const FRACTIONS: ReadonlyMap<number, string> = new Map([
  [0.5, '½'],
  [0.25, '¼'],
]);

function samplesText(samples: NonNullable<TestPass['samples']>): string {
  if (typeof samples === 'number') return samples === 1 ? '1 sample' : `${samples} samples`;
  return `${FRACTIONS.get(samples.times) ?? `${samples.times} ×`} samples`;
}

/** `8th`, `2nd`, `21st`. */
function ordinal(number: number): string {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  return `${number}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')}`;
}

// ---- As it is typed

/** In the order in which they are told. */
export const TEST_KEYS = [
  'percentage',
  'resolution',
  'step',
  'samples',
  'frames',
  'camera',
  'layers',
  'engine',
  'device',
  'denoise',
  'format',
] as const satisfies readonly (keyof TestPass)[];
export type TestKey = (typeof TEST_KEYS)[number];

/** What is expected of a value, to be read after “Expected”. */
export const TEST_EXPECTED: Readonly<Record<TestKey, string>> = {
  percentage: 'a whole number from 1, such as 25',
  resolution: 'a width and a height such as 960x540',
  step: 'a whole number from 2, such as 8',
  samples: 'a whole number from 1, or a factor such as x0.5',
  frames: 'frames such as 1-48, 60',
  camera: 'the name of a camera',
  layers: 'names of view layers, such as Characters, Sky',
  engine: TEST_ENGINES.join(', '),
  device: TEST_DEVICES.join(', '),
  denoise: 'true or false',
  format: OUTPUT_FORMATS.join(', '),
};

/** A setting that was typed; or one sentence that says what is wrong. */
export type TypedSetting =
  | { readonly ok: true; readonly test: TestPass }
  | { readonly ok: false; readonly message: string };

/** Reads `percentage=25`, `samples=x0.5` and the like, as `testSettings` writes them. */
export function readTestSetting(text: string): TypedSetting {
  const [before = '', value = ''] = splitOnce(text, '=');
  const key = TEST_KEYS.find((one) => one === before.trim().toLowerCase());
  if (key === undefined) {
    const message = `Expected one of ${TEST_KEYS.join(', ')}, such as percentage=25.`;
    return { ok: false, message };
  }
  const test = typedTest(key, value);
  if (test !== null) return { ok: true, test };
  return { ok: false, message: `Expected ${TEST_EXPECTED[key]} behind ${key}=.` };
}

/** A test pass with this one setting, as its value was typed; `null`: it is none. */
export function typedTest(key: TestKey, value: string): TestPass | null {
  const parsed = testPassSchema.safeParse({ [key]: typed(key, value.trim()) });
  return parsed.success ? parsed.data : null;
}

/** Each setting as it is typed: `percentage=25`, `step=8`, `samples=x0.5`. */
export function testSettings(test: TestPass): readonly string[] {
  return TEST_KEYS.filter((key) => test[key] !== undefined).map(
    (key) => `${key}=${testValue(test, key)}`,
  );
}

/** The value of a setting as it is typed; empty: it is not set. */
export function testValue(test: TestPass, key: TestKey): string {
  const { samples, resolution, layers } = test;
  if (key === 'samples') return samples === undefined ? '' : samplesSaid(samples);
  if (key === 'resolution') return resolution ? `${resolution.width}x${resolution.height}` : '';
  if (key === 'layers') return layers?.join(', ') ?? '';
  return String(test[key] ?? '');
}

function samplesSaid(samples: NonNullable<TestPass['samples']>): string {
  return typeof samples === 'number' ? String(samples) : `x${samples.times}`;
}

/** What a text means for a key, to be checked by the schema. */
function typed(key: TestKey, value: string): unknown {
  switch (key) {
    case 'percentage':
      return numberIn(value.replace(/\s*%$/, ''));
    case 'step':
      return numberIn(value);
    case 'samples': {
      const factor = /^[x×]\s*(.+)$/i.exec(value)?.[1];
      return factor === undefined ? numberIn(value) : { times: numberIn(factor) };
    }
    case 'resolution': {
      const [, width = '', height = ''] = /^(\d+)\s*[x×]\s*(\d+)$/i.exec(value) ?? [];
      return { width: numberIn(width), height: numberIn(height) };
    }
    case 'layers':
      return value
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
    case 'denoise':
      return value === 'true' || value === 'false' ? value === 'true' : value;
    case 'format':
      return formatNamed(value);
    case 'engine':
    case 'device':
      return value.toLowerCase();
    default:
      return value;
  }
}

/** NaN for what is no number. */
function numberIn(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

function splitOnce(text: string, sign: string): readonly string[] {
  const at = text.indexOf(sign);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
