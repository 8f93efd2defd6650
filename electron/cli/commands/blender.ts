import { Command } from 'commander';
import {
  BLENDER_SOURCE_LABELS,
  type BlenderInstall,
  defaultBlender,
} from '../../../shared/blender-install.ts';
import { gpuLines, gpuReason } from '../../../shared/gpu.ts';
import { printable } from '../../../shared/safe-text.ts';
import { blenderInstalls, dataDirectory, findGpus } from '../../engine/index.ts';
import { EXIT } from '../exit-codes.ts';
import { dataOption } from '../option-values.ts';
import { type Session, textTable } from '../output.ts';

export function blenderCommand(session: Session): Command {
  return new Command('blender')
    .description(
      'Show the Blenders found on this machine, where each came from, and the GPUs that it can render on',
    )
    .addHelpText('after', '\nExample:\n  nightshift blender')
    .addOption(dataOption())
    .action(async (options: { data?: string }) => {
      const { output } = session;
      const data = options.data ?? dataDirectory();
      const { found, silent } = await blenderInstalls(data, { again: true });
      for (const { failure } of silent) output.note(printable(failure.message));
      if (found.length === 0) {
        output.note(
          'No Blender was found. Install it from blender.org, or name it with --blender PATH.',
        );
        session.exitCode = EXIT.failed;
        return;
      }
      if (output.terminal) output.note('Asking for GPUs, which starts each Blender for a moment …');
      const gpus = await Promise.all(found.map(({ path }) => findGpus(path)));
      const first = defaultBlender(found);
      const rows = found.flatMap((blender, index) => {
        const answer = gpus[index];
        const lines = answer?.ok ? gpuLines(answer.value) : ['could not be asked'];
        const version = blender === first ? `${blender.version} *` : blender.version;
        return rowsOf(blender, version, lines);
      });
      output.line(textTable(['VERSION', 'FROM', 'GPU', 'PATH'], rows));
      output.line('\n* renders where nothing says which Blender is to');
      const [newest] = gpus;
      if (newest?.ok && newest.value.devices.length > 0) output.line(gpuReason(newest.value));
      for (const answer of gpus) if (!answer.ok) output.note(printable(answer.failure.message));
    });
}

/** One row for each GPU; what is said of the Blender stands in the first of them. */
function rowsOf(blender: BlenderInstall, version: string, gpus: readonly string[]): string[][] {
  const from = BLENDER_SOURCE_LABELS[blender.source];
  return gpus.map((gpu, index) =>
    index === 0
      ? [version, from, printable(gpu), printable(blender.path)]
      : ['', '', printable(gpu), ''],
  );
}
