import { dirname, isAbsolute, relative, sep } from 'node:path';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { farmFiles } from '../../blender/runner-files.ts';
import { sceneRequest } from '../lane/open-job.ts';
import type { OpenedShot } from './open-shots.ts';

/**
 * A job template of Open Job Description, version 2023-09.
 * Source: https://github.com/OpenJobDescription/openjd-specifications/wiki/2023-09-Template-Schemas
 */
export interface JobTemplate {
  readonly specificationVersion: 'jobtemplate-2023-09';
  readonly extensions?: readonly string[];
  readonly name: string;
  readonly description: string;
  readonly parameterDefinitions: readonly object[];
  readonly jobEnvironments: readonly object[];
  readonly steps: readonly object[];
}

export interface TemplateOptions {
  readonly name: string;
  /** The folder that all paths of the shots are below, absolute. */
  readonly project: string;
  /** Frames of one task; `null`: each has its own. */
  readonly chunk: number | null;
  /** Scripts run, and Python inside of .blend files. */
  readonly trusted: boolean;
}

/**
 * A batch as a job of a render farm: one step a shot, one task a frame or chunk. Each task opens the shot in a plain Blender
 * with the part of our runner that opens and renders, which comes with the template. Pure.
 */
export function openjdTemplate(
  shots: readonly OpenedShot[],
  { name, project, chunk, trusted }: TemplateOptions,
): JobTemplate {
  const steps = stepNames(shots.map(({ job }) => job));
  return {
    specificationVersion: 'jobtemplate-2023-09',
    ...(chunk !== null && { extensions: ['TASK_CHUNKING'] }),
    name: named(name, 128),
    description: `${shots.length === 1 ? '1 shot' : `${shots.length} shots`} of Nightshift, each frame rendered by a plain Blender.`,
    parameterDefinitions: [
      {
        name: 'Blender',
        type: 'STRING',
        default: 'blender',
        description: 'The Blender that renders, as the worker calls it.',
      },
      {
        name: 'Project',
        type: 'PATH',
        objectType: 'DIRECTORY',
        dataFlow: 'NONE',
        description: 'The folder that the scenes, scripts and textures of the shots are in.',
      },
      {
        name: 'OutputDir',
        type: 'PATH',
        objectType: 'DIRECTORY',
        dataFlow: 'OUT',
        description: 'Gets a folder of frames for each shot.',
      },
      {
        name: 'CondaPackages',
        type: 'STRING',
        default: 'blender',
        description:
          'For AWS Deadline Cloud, whose queues install these; elsewhere without effect.',
        userInterface: { control: 'HIDDEN' },
      },
    ],
    jobEnvironments: [runnerEnvironment()],
    steps: shots.map((shot) => stepOf(shot, { steps, project, chunk, trusted })),
  };
}

const MODULES = 'nightshift_runner';

/** Puts the runner where each task of the session finds it: what is embedded is only there for the action that names it. */
function runnerEnvironment(): object {
  const files = [...farmFiles()].map(([filename, data], index) => ({
    name: `File${index}`,
    type: 'TEXT',
    filename,
    data: filename.endsWith('.json') ? literal(JSON.parse(data)) : data,
  }));
  const [first] = files;
  return {
    name: 'Nightshift',
    script: {
      actions: {
        onEnter: {
          command: '{{Param.Blender}}',
          args: [
            ...[
              '--background',
              '--factory-startup',
              '--python-exit-code',
              '1',
              '--python-expr',
              COPY,
            ],
            ...['--', `{{Env.File.${first?.name}}}`, `{{Session.WorkingDirectory}}/${MODULES}`],
          ],
        },
      },
      embeddedFiles: files,
    },
  };
}

/** In Blender's own Python, since a worker may have no other, and no shell that we know. */
const COPY =
  'import os, shutil, sys; one, to = sys.argv[-2:]; shutil.copytree(os.path.dirname(one), to, dirs_exist_ok=True)';

function stepOf(
  { job, plan }: OpenedShot,
  around: Pick<TemplateOptions, 'project' | 'chunk' | 'trusted'> & {
    readonly steps: ReadonlyMap<string, string>;
  },
): object {
  const { steps, project, chunk, trusted } = around;
  const needed = job.shotConfig?.dependsOn ?? [];
  const dependencies = needed.flatMap((link) => {
    const dependsOn = steps.get(link.job);
    return dependsOn === undefined ? [] : [{ dependsOn }];
  });
  const range = rangeOf(plan.frames);
  // What is not baked is right in one Blender only, which goes through all frames.
  const isOneTask = plan.simulation !== undefined;
  return {
    name: steps.get(job.id),
    ...(dependencies.length > 0 && { dependencies }),
    ...(!isOneTask && {
      parameterSpace: { taskParameterDefinitions: [frameParameter(range, chunk)] },
    }),
    script: {
      actions: {
        onRun: {
          command: '{{Param.Blender}}',
          args: [
            ...['--background', trusted ? '-y' : '-Y', '--python-exit-code', '1'],
            ...['--python', `{{Session.WorkingDirectory}}/${MODULES}/farm.py`, '--'],
            ...['{{Task.File.Shot}}', isOneTask ? range : '{{Task.Param.Frame}}'],
            ...['{{Param.Project}}', '{{Param.OutputDir}}'],
          ],
        },
      },
      embeddedFiles: [
        {
          name: 'Shot',
          type: 'TEXT',
          filename: 'shot.json',
          data: shotText(job, plan.pattern, project),
        },
      ],
    },
  };
}

function frameParameter(range: string, chunk: number | null): object {
  if (chunk === null) return { name: 'Frame', type: 'INT', range };
  const chunks = { defaultTaskCount: chunk, rangeConstraint: 'NONCONTIGUOUS' };
  return { name: 'Frame', type: 'CHUNK[INT]', range, chunks };
}

/** What `farm.py` reads. */
function shotText(job: BatchJob, pattern: string, project: string): string {
  const request = sceneRequest(job);
  const [blend, script] = [request.blend, request.script].map(
    (path) => path && relative(project, path).split(sep).join('/'),
  );
  return literal({ ...request, blend, script, name: job.name, pattern });
}

/**
 * JSON as a template can hold it: no two braces stand together, which would be filled in, and no control character, which
 * YAML refuses. In JSON with a line for each value both happen inside of texts only.
 */
function literal(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replaceAll('{{', '{\\u007b')
    .replaceAll('}}', '}\\u007d')
    .replaceAll(/[\u007f-\u009f]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}

/** `1-48,60,70-100:2`. @param frames ascending */
function rangeOf(frames: readonly number[]): string {
  return formatFrames(frames).replaceAll(', ', ',').replaceAll('x', ':');
}

/** Job id to the name of its step: at most 64 signs, each once. */
function stepNames(jobs: readonly BatchJob[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const { id, name } of jobs) {
    let free = named(name, 64);
    for (let more = 2; taken.has(free); more += 1) free = `${named(name, 58)} ${more}`;
    taken.add(free);
    names.set(id, free);
  }
  return names;
}

/** A text that is taken as it is. */
function named(text: string, most: number): string {
  return [...text.replaceAll(/\p{Cc}/gu, ' ').replaceAll('{{', '{ {')].slice(0, most).join('');
}

/** The deepest folder that all of these files are below; `null`: only the root of a disk, or nothing. */
export function commonFolder(files: readonly string[]): string | null {
  const [first, ...rest] = files.map((file) => dirname(file));
  if (first === undefined) return null;
  let folder = first;
  while (dirname(folder) !== folder) {
    if (rest.every((other) => isBelow(folder, other))) return folder;
    folder = dirname(folder);
  }
  return null;
}

/** Whether a path is a folder or in it. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
}
