import { Command } from 'commander';
import stringWidth from 'fast-string-width';
import { type Cluster, isUsable } from '../../../shared/cluster.ts';
import { CLUSTERS, surveyCluster } from '../../engine/index.ts';
import { EXIT } from '../exit-codes.ts';
import type { Session } from '../output.ts';

export function seatsCommand(session: Session): Command {
  return new Command('seats')
    .description('Show where Blender can run: the nodes of a cluster, where there is one')
    .option('--json', 'one line of JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { output } = session;
      const cluster = await surveyCluster();
      if (json) output.json({ type: 'seats', cluster });
      else if (cluster) for (const line of clusterLines(cluster)) output.line(line);
      else output.line('No cluster answers on this computer: Blender runs on it alone.');
      session.exitCode = EXIT.done;
    });
}

/** The cluster as a table, and what can be used of it. */
function clusterLines({ nodes, partitions }: Cluster): readonly string[] {
  const rows = nodes.map((node) => [
    node.name,
    node.partitions.join(', '),
    String(node.cores),
    `${Math.round(node.memoryMb / 102.4) / 10} GB`,
    node.gpus === 0 ? '' : String(node.gpus),
    node.reason === null ? node.state : `${node.state} (${node.reason})`,
  ]);
  const head = ['node', 'partitions', 'cores', 'memory', 'GPUs', 'state'];
  const widths = head.map((_, at) =>
    Math.max(...[head, ...rows].map((row) => stringWidth(row[at] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd();
  const usable = nodes.filter(isUsable).length;
  const listed = partitions.map(
    ({ name, isDefault, timeLimit }) =>
      `${name}${isDefault ? ' (default)' : ''}${timeLimit === 'infinite' ? '' : `, at most ${timeLimit}`}`,
  );
  return [
    ...[head, ...rows].map(line),
    '',
    `${usable} of ${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'} can be used. Partitions: ${listed.join('; ')}.`,
    `Render on them with nightshift render FOLDER --on ${CLUSTERS[0]?.id}.`,
  ];
}
