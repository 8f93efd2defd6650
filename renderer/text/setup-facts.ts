import { assertNever } from '../../shared/assert-never.ts';
import type { Device, FrameOrder } from '../../shared/shot.ts';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { duration, wholeDuration } from './format.ts';
import { engineName } from './job-text.ts';
import { limitText } from './limit.ts';
import { pathIn } from './paths.ts';

/** Name and value of each setting, in the order an artist asks for them; unset ones say so or are left out. */
export function setupFacts(
  row: JobRow,
  detail: JobDetail,
  folder: string,
): readonly (readonly [string, string])[] {
  const short = (path: string | null) => (path === null ? null : pathIn(folder, path));
  const shot = detail.shotConfig;
  const { width, height } = row;
  const facts: (readonly [string, string | null])[] = [
    ['Shot file', row.shotFile],
    ['Output', short(detail.outputPath)],
    ['Frames', row.frames ?? 'As saved in the scene'],
    ['Size', width !== null && height !== null ? `${width} × ${height}` : null],
    ['Engine', engineName(row.engine) || null],
  ];
  if (shot) {
    const { render, output } = shot;
    facts.push(
      ['Scene file', short(shot.blend)],
      ['Script', short(shot.script)],
      ['Params', Object.keys(shot.params).length > 0 ? paramsText(shot.params) : null],
      ['Scene', shot.scene],
      ['Camera', shot.camera],
      ['View layers', shot.viewLayers?.join(', ') ?? null],
      ['Samples', text(render.samples)],
      ['Percentage', render.percentage === null ? null : `${render.percentage} %`],
      ['Denoise', render.denoise === null ? null : render.denoise ? 'On' : 'Off'],
      ['Device', render.device && DEVICES[render.device]],
      ['File name', output.pattern],
      ['Format', output.format],
      ['Color depth', output.colorDepth === null ? null : `${output.colorDepth} bit`],
      ['Time limit', limitText(shot.timeoutSeconds) || null],
      ['Frame limit', limitText(shot.frameTimeoutSeconds) || null],
      ['Retries', text(shot.retries)],
      ['Stall limit', stallText(detail)],
      [
        'Priority',
        row.priority === 0 && shot.priority === 0
          ? null
          : priorityText(row.priority, shot.priority),
      ],
      ['Frame order', shot.order === 'sequential' ? null : ORDER_WORDS[shot.order]],
      ['Needs', shot.dependsOn.map(({ name }) => name).join(', ') || null],
    );
  }
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
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

function priorityText(now: number, inFile: number): string {
  return now === inFile ? String(now) : `${now} (the shot file says ${inFile})`;
}

/** How long Blender may say nothing before a frame counts as stalled, and why so long. */
function stallText({ stall, openStallMs }: JobDetail): string {
  switch (stall.from) {
    case 'frame-timeout':
      return 'None: the frame limit decides';
    case 'first-frame':
      return `${wholeDuration(stall.ms / 1000)} of silence, while no frame is known (${wholeDuration(openStallMs / 1000)} while it opens)`;
    case 'slowest-frame': {
      const slowest = duration(stall.slowestSeconds);
      const limit = wholeDuration(stall.ms / 1000);
      return stall.ms > stall.slowestSeconds * 10_000
        ? `${limit} of silence, the least there is (slowest frame: ${slowest})`
        : `${limit} of silence, 10 times the slowest frame (${slowest})`;
    }
    default:
      return assertNever(stall);
  }
}

function text(value: number | null): string | null {
  return value === null ? null : String(value);
}

function paramsText(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
