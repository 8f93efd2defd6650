import { Command } from 'commander';
import type { BlenderInfo } from '../../../shared/batch.ts';
import type { GpuList } from '../../../shared/gpu.ts';
import { gpuLines, gpuReason } from '../../../shared/gpu-text.ts';
import { printable } from '../../../shared/printable.ts';
import { findBlenders, findGpus } from '../../batch/index.ts';
import { EXIT } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { textTable } from '../text-table.ts';

export function blenderCommand(session: Session): Command {
  return new Command('blender')
    .description(
      'Show the Blenders found on this machine, the one that is used first, and the GPUs that each can render on',
    )
    .addHelpText('after', '\nExample:\n  nightshift blender')
    .action(async () => {
      const { output } = session;
      const found = await findBlenders();
      if (found.length === 0) {
        output.note(
          'No Blender was found. Install it from blender.org, or name it with --blender PATH.',
        );
        session.exitCode = EXIT.failed;
        return;
      }
      if (output.terminal) output.note('Asking for GPUs, which starts each Blender for a moment …');
      const gpus = await Promise.all(found.map(({ path }) => findGpus(path)));
      const rows = found.flatMap((blender, index) => {
        const answer = gpus[index];
        if (answer?.ok) return rowsOf(blender, answer.value);
        return [[blender.version, 'could not be asked', printable(blender.path)]];
      });
      output.line(textTable(['VERSION', 'GPU', 'PATH'], rows));
      const [first] = gpus;
      if (first?.ok && first.value.devices.length > 0) output.line(`\n${gpuReason(first.value)}`);
      for (const answer of gpus) if (!answer.ok) output.note(printable(answer.failure.message));
    });
}

/** One row for each GPU; version and path stand in the first of them. */
function rowsOf({ version, path }: BlenderInfo, list: GpuList): string[][] {
  return gpuLines(list).map((line, index) =>
    index === 0 ? [version, printable(line), printable(path)] : ['', printable(line), ''],
  );
}
