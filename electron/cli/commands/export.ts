import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { stringify } from 'yaml';
import type { Batch } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import {
  commonFolder,
  failureProblem,
  isBelow,
  type OpenedShot,
  openjdTemplate,
  openShots,
} from '../../engine/index.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { count, path } from '../option-values.ts';
import { problemLine, type Session } from '../output.ts';
import { leftOutNote, onlyShots, readShots } from '../shot-folder.ts';
import { addShotOptions, openingOf, type ShotOptions } from '../shot-options.ts';
import { watchInterrupts } from '../waits.ts';

interface ExportOptions extends ShotOptions {
  readonly openjd?: boolean;
  readonly out?: string;
  readonly chunk?: number;
}

export function exportCommand(session: Session): Command {
  const command = new Command('export')
    .description('Write the shots of a folder as a job for a render farm; renders nothing')
    .argument('<folder>', 'the folder that holds the shots')
    .addOption(
      new Option(
        '--openjd',
        'as a job template of Open Job Description, which AWS Deadline Cloud takes',
      ).makeOptionMandatory(),
    )
    .option(
      '--out <file>',
      'write the template to this file, and beside it what makes its folder a job bundle of AWS Deadline Cloud; the template alone on standard output by default',
      path,
    )
    .addOption(
      new Option('--chunk <n>', 'frames of one task; 1 by default').argParser(count(100_000)),
    );
  return addShotOptions(command)
    .addHelpText('after', HELP)
    .action(async (folder: string, options: ExportOptions) => {
      session.exitCode = await exportShots(folder, options, session);
    });
}

const HELP = `
Each shot is opened once in Blender, for its frames and files. A farm renders with its own Blender and its own retries:
frames are not proved, and nightshift does not know of them; to prove them, render the same folder into the same place
with --existing skip.
Ends with 0: all shots are in it; 1: some are left out; 2: wrong usage, or no shots.

Examples:
  nightshift export shots --openjd --out bundle/template.yaml
  openjd check bundle/template.yaml
  deadline bundle submit bundle`;

async function exportShots(
  folder: string,
  options: ExportOptions,
  { output }: Session,
): Promise<number> {
  const batch = onlyShots(await readShots(folder, options), options.only);
  const config = await openingOf(folder, options);
  let isWhole = batch.jobs.length > 0;
  const tell = (problem: Batch['problems'][number]) => {
    if (problem.severity === 'error') isWhole = false;
    const style = problem.severity === 'error' ? 'red' : 'yellow';
    output.note(output.paint(style, problemLine(folder, problem)));
  };
  batch.problems.forEach(tell);
  const summary = options.only ? null : leftOutNote(batch);
  if (summary !== null) output.note(summary);
  const interrupt = watchInterrupts(() => output.note('Stopping.'));
  let opened: readonly OpenedShot[];
  try {
    opened = await openShots(
      batch.jobs.filter(({ shotConfig }) => shotConfig !== null),
      {
        config,
        signal: AbortSignal.any([interrupt.signal, output.unread]),
        onFailure: (job, failure) => tell(failureProblem(job, failure)),
      },
    );
  } finally {
    interrupt.release();
  }
  if (interrupt.signal.aborted || output.unread.aborted) return EXIT.interrupted;
  const shots = withTheirNeeds(opened, (job, needed) => {
    isWhole = false;
    output.note(
      output.paint('red', `${job.name} is left out: it needs ${needed}, which is left out.`),
    );
  });
  if (shots.length === 0) return EXIT.usage;
  const project = projectOf(shots);
  for (const shot of shots)
    warnOfFarFiles(shot, project, (text) => output.note(output.paint('yellow', text)));
  const template = openjdTemplate(shots, {
    name: basename(batch.folder),
    project,
    chunk: options.chunk ? options.chunk : null,
    trusted: config.trusted,
  });
  const text = yamlOf(template);
  const values = { Project: project, OutputDir: batch.outputRoot };
  if (options.out) await writeBundle(options.out, text, shots, values);
  else output.line(text.trimEnd());
  const given = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  output.note(
    `${options.out ? `The template is ${options.out}. ` : ''}It takes ${given.join(' and ')}.`,
  );
  return isWhole ? EXIT.done : EXIT.failed;
}

/** Those whose needed shots are among them. */
function withTheirNeeds(
  shots: readonly OpenedShot[],
  onLeftOut: (job: BatchJob, needed: string) => void,
): readonly OpenedShot[] {
  const ids = new Set(shots.map(({ job }) => job.id));
  const left = shots.filter(({ job }) => {
    const missing = job.shotConfig?.dependsOn.find((link) => !ids.has(link.job));
    if (missing) onLeftOut(job, missing.name);
    return !missing;
  });
  return left.length === shots.length ? shots : withTheirNeeds(left, onLeftOut);
}

function filesOf({ job: { shotConfig } }: OpenedShot): readonly string[] {
  return [shotConfig?.blend, shotConfig?.script].filter((file) => file != null);
}

function projectOf(shots: readonly OpenedShot[]): string {
  const project = commonFolder(shots.flatMap(filesOf));
  if (project !== null) return project;
  throw new UsageError(
    'The scenes of these shots have no folder in common. Export them in parts, with --only.',
  );
}

/** A farm finds what is in the project wherever it puts that; all else is to be where it is here. */
function warnOfFarFiles(
  { job, inputs }: OpenedShot,
  project: string,
  warn: (text: string) => void,
): void {
  const far = inputs.filter((file) => !isBelow(project, file));
  if (far.length === 0) return;
  const more = far.length > 1 ? ` and ${far.length - 1} more` : '';
  warn(
    `${job.name} reads ${far[0]}${more}, outside of ${project}: the worker has to have it at the same path. Pack it into the .blend, or put it into the project.`,
  );
}

/**
 * The files of a job bundle of Deadline Cloud: it takes each file of the shots along, and no whole project.
 * Source: https://docs.aws.amazon.com/deadline-cloud/latest/developerguide/build-job-bundle.html
 */
async function writeBundle(
  file: string,
  template: string,
  shots: readonly OpenedShot[],
  values: { readonly Project: string; readonly OutputDir: string },
): Promise<void> {
  const files = shots.flatMap((shot) => [...filesOf(shot), ...shot.inputs]);
  const references = {
    inputs: { filenames: [...new Set(files)].sort(), directories: [] },
    outputs: { directories: [values.OutputDir] },
  };
  const parameters = Object.entries(values).map(([name, value]) => ({ name, value }));
  await written(file, template);
  const beside = (name: string) => join(dirname(file), name);
  await written(beside('parameter_values.yaml'), yamlOf({ parameterValues: parameters }));
  await written(beside('asset_references.yaml'), yamlOf({ assetReferences: references }));
}

/** As YAML 1.1 reads it too, in which Python has it. */
function yamlOf(value: object): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

async function written(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`${file} can't be written: ${(error as Error).message}.`);
  }
}
