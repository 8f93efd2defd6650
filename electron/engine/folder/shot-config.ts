import { dirname, resolve } from 'node:path';
import {
  type ColorDepth,
  FORMATS,
  type OutputFormat,
  withoutEnding,
} from '../../../shared/formats.ts';
import type { OutputConfig, ShotConfig } from '../../../shared/shot.ts';
import type { FileLooks } from './file-cache.ts';
import { reasonOf } from './read-text.ts';
import { type Flaw, flawed, strangePlace } from './shot-error.ts';
import { type FrameLists, MAX_PATH, type ShotValues } from './shot-schema.ts';
import { type MapTree, type Place, textAt, valueAt } from './tree.ts';

export interface BuiltConfig {
  readonly config: ShotConfig;
  readonly warnings: readonly Flaw[];
}

/** What the shots of one reading share. */
export interface Shared {
  readonly looks: FileLooks;
  readonly lists: FrameLists;
  /** False for a path to a computer of the network that a folder which is not trusted may not name. */
  readonly mayLook: (path: string) => boolean;
}

/** Where the frames of a shot go. All absolute. */
export interface OutputPlace {
  /** Unless the shot says another one. */
  readonly directory: string;
  /** Links resolved: below these they may go without trust. */
  readonly allowed: readonly string[];
}

/**
 * The shot as the engine takes it: every path absolute, every default filled in.
 * Throws a `ShotError`, with cause `missing-file` where the .blend or the script is not there.
 * @param place where its frames go if the shot doesn't say, and where they may go
 */
export async function builtConfig(
  tree: MapTree,
  values: ShotValues,
  name: string,
  place: OutputPlace,
  shared: Shared,
): Promise<BuiltConfig> {
  const { lists } = shared;
  const blend = await fileAt(tree, 'blend', shared);
  const script = await fileAt(tree, 'script', shared);
  if (blend === null && script === null) {
    throw flawed(tree.place, 'This shot has neither `blend:` nor `script:`; it needs one of them.');
  }
  const warnings: Flaw[] = [];
  const render = values.render ?? {};
  const config: ShotConfig = {
    blend,
    script,
    blender: blenderAt(tree, values),
    params: values.params ?? {},
    scene: values.scene ?? null,
    camera: values.camera ?? null,
    viewLayers: values.view_layers ?? null,
    frames: values.frames ? lists.shared(values.frames) : null,
    render: {
      engine: render.engine ?? null,
      width: render.resolution_x ?? null,
      height: render.resolution_y ?? null,
      percentage: render.percentage ?? null,
      samples: render.samples ?? null,
      denoise: render.denoise ?? null,
      device: render.device ?? null,
    },
    output: outputOf(tree, values, name, place, warnings),
    timeoutSeconds: values.timeout ?? null,
    frameTimeoutSeconds: values.frame_timeout ?? null,
    retries: values.retries ?? null,
    priority: values.priority ?? 0,
    order: values.order ?? 'sequential',
    simulations: values.simulations ?? 'in-order',
    ...(render.keep_scene && { keepScene: render.keep_scene }),
    dependsOn: [],
  };
  return { config, warnings };
}

/** The absolute path that a key of the shot names, relative to the file that says it; `null`: none, or too long. */
export function pathAt(tree: MapTree, ...keys: readonly string[]): string | null {
  const text = textAt(tree, ...keys);
  const place = valueAt(tree, ...keys)?.place;
  if (text === null || text.length > MAX_PATH || !place) return null;
  return resolve(dirname(place.file.path), text);
}

/** A path is relative to the file that says it. */
function blenderAt(tree: MapTree, { blender }: ShotValues): string | null {
  if (blender === undefined) return null;
  return /[\\/]/.test(blender) ? pathAt(tree, 'blender') : blender;
}

async function fileAt(
  tree: MapTree,
  key: 'blend' | 'script',
  { looks, mayLook }: Shared,
): Promise<string | null> {
  const path = pathAt(tree, key);
  const value = valueAt(tree, key);
  if (path === null || !value) return null;
  const text = textAt(tree, key) ?? '';
  checkNotation(text, key, value.place);
  if (!mayLook(path)) throw strangePlace(value.place, key, text);
  const next = 'Put the file there or correct the path, then retry when the batch has ended.';
  try {
    if ((await looks.stat(path)).isFile()) {
      await looks.readable(path);
      return path;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'nothing';
    const hint = text.includes('\\') ? ' Write `/` instead of `\\` in paths.' : '';
    const reason =
      code === 'ENOENT' ? 'but there is no such file' : `which can't be read: ${reasonOf(code)}`;
    throw flawed(value.place, `\`${key}\` names ${text}, ${reason}.${hint}`, 'missing-file', next);
  }
  throw flawed(value.place, `\`${key}\` names ${text}, which is no file.`, 'missing-file', next);
}

function outputOf(
  tree: MapTree,
  values: ShotValues,
  name: string,
  { directory, allowed }: OutputPlace,
  warnings: Flaw[],
): OutputConfig {
  const { output = {} } = values;
  const format = output.format ?? null;
  const colorDepth = output.color_depth ?? null;
  checkDepth(tree, format, colorDepth);
  const place = valueAt(tree, 'output', 'path')?.place;
  if (output.path !== undefined && place) checkNotation(output.path, 'output.path', place);
  if (output.path !== undefined && place && /^~(?:[/\\]|$)/.test(output.path)) {
    const message =
      '`~` stands for itself here, not for your home folder; a folder of that name is meant.';
    warnings.push({ place, message });
  }
  return {
    directory: output.path === 'scene' ? null : (pathAt(tree, 'output', 'path') ?? directory),
    pattern: output.name === undefined ? `${name}_####` : patternOf(tree, output.name, warnings),
    format,
    colorDepth,
    allowed,
  };
}

function patternOf(tree: MapTree, name: string, warnings: Flaw[]): string {
  const stem = withoutEnding(name);
  const place = valueAt(tree, 'output', 'name')?.place;
  if (stem === name || stem === '' || !place) return name;
  const message = `\`output.name\` needs no extension: it follows from the format. It is read as ${stem}.`;
  warnings.push({ place, message });
  return stem;
}

/** Blender's own notation for "beside the .blend" would lead to the root of the disk. */
function checkNotation(text: string, key: string, place: Place): void {
  if (!text.startsWith('//') || process.platform === 'win32') return;
  const message = `\`${key}\`: a path beginning with // is Blender's own notation; write it relative to this file.`;
  throw flawed(place, message);
}

function checkDepth(tree: MapTree, format: OutputFormat | null, depth: ColorDepth | null): void {
  if (format === null || depth === null) return;
  const depths: readonly ColorDepth[] = FORMATS[format].depths;
  if (depths.includes(depth)) return;
  const place = valueAt(tree, 'output', 'color_depth')?.place ?? tree.place;
  const expected = depths.join(' or ');
  throw flawed(
    place,
    `\`output.color_depth\`: expected ${expected} for ${format}, found ${depth}.`,
  );
}
