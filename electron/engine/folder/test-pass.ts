import { createHash } from 'node:crypto';
import nodePath, { join, type PlatformPath } from 'node:path';
import type { Batch, BatchPlace } from '../../../shared/batch.ts';
import { type ColorDepth, FORMATS } from '../../../shared/formats.ts';
import type { OutputConfig, RenderOverrides, ShotConfig } from '../../../shared/shot.ts';
import { everyNth, type TestPass, testFrames, testWords } from '../../../shared/test-pass.ts';
import { safeName } from './names.ts';

/** Signs of a name: a path of the finals has to have room for it. */
const LONGEST = 60;

/**
 * The folder of a test pass, beside the finals: `test 25% step 8`. Two that differ never have the same one, also where
 * case does not count.
 */
export function testFolder(test: TestPass): string {
  const words = `test ${testWords(test)}`;
  if (words.length <= LONGEST && /^[a-z0-9 %.,-]+$/.test(words)) return safeName(words);
  const mark = createHash('sha256').update(words).digest('hex').slice(0, 8);
  return `${safeName([...words].slice(0, LONGEST).join(''))} ${mark}`;
}

/** Where the frames of a test pass go, of shots that say nothing of it. @param finals where those of the finals go */
export function testRoot(finals: string, test: TestPass | undefined): string {
  return test ? join(finals, testFolder(test)) : finals;
}

/** What reads the shots of a batch once more: where its finals go, which test pass it is, and of which files. */
export function readingOf({ outputRoot, test, files }: Omit<BatchPlace, 'folder'>): {
  readonly output: string;
  readonly test?: TestPass;
  readonly files?: readonly string[];
} {
  const output = finalsRoot({ outputRoot, test });
  return { output, ...(test && { test }), ...(files && { files }) };
}

/** Where the frames of the finals go that a batch is, or is the test pass of. @param path how its system writes paths */
export function finalsRoot(
  { outputRoot, test }: Pick<Batch, 'outputRoot' | 'test'>,
  path: PlatformPath = nodePath,
): string {
  return test ? path.dirname(outputRoot) : outputRoot;
}

/**
 * A shot as a test pass renders it. Pure.
 * @param standard where its frames go unless the shot says another folder: below the folder of the test pass
 */
export function asTested(config: ShotConfig, test: TestPass, standard: string): ShotConfig {
  const { step = 1 } = test;
  const frames = testFrames(test) ?? config.frames;
  return {
    ...config,
    camera: test.camera ?? config.camera,
    viewLayers: test.layers ?? config.viewLayers,
    frames: frames && everyNth(frames, step),
    render: testedRender(config.render, test),
    output: testedOutput(config.output, test, standard),
    test: { step },
  };
}

function testedRender(render: RenderOverrides, test: TestPass): RenderOverrides {
  const { percentage, resolution, samples, engine, device, denoise } = test;
  const times = typeof samples === 'object' ? samples.times : null;
  const said = typeof samples === 'number' ? samples : render.samples;
  return {
    ...render,
    percentage: percentage ?? render.percentage,
    ...resolution,
    engine: engine ?? render.engine,
    device: device ?? render.device,
    denoise: denoise ?? render.denoise,
    samples: said !== null && times !== null ? Math.max(1, Math.round(said * times)) : said,
    // How many the scene has only Blender knows.
    ...(said === null && times !== null && { samplesTimes: times }),
  };
}

/** A folder that the shot chose, and the path that its scene has saved, are those of the finals. */
function testedOutput(output: OutputConfig, test: TestPass, standard: string): OutputConfig {
  const { directory } = output;
  const isStandard = directory === null || directory === standard;
  const format = test.format ?? output.format;
  return {
    ...output,
    directory: isStandard ? standard : join(directory, testFolder(test)),
    format,
    colorDepth: depthFor(format, output.colorDepth),
  };
}

/** The depth of the shot's own format may be none of another one. */
function depthFor(format: OutputConfig['format'], depth: ColorDepth | null): ColorDepth | null {
  if (format === null || depth === null) return depth;
  const depths: readonly ColorDepth[] = FORMATS[format].depths;
  return depths.includes(depth) ? depth : null;
}
