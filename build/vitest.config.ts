import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type InlineConfig, type TestSpecification } from 'vitest/node';
import { leanEnvironment } from './checks/lean-environment.mjs';
import { whyNoOpenjd } from './setup/openjd.mjs';
import { whyNoSlurm } from './setup/slurm.mjs';

leanEnvironment();
const root = resolve(import.meta.dirname, '..');

/** Files share a process, in which what they import is read once; those that exchange modules or what is global have one of their own. */
const CHANGES_ITS_PROCESS = /\bvi\.mock\(|\bglobalThis\b|\bprocess\.(chdir|on)\(/;
const SLURM = 'test/slurm/**/*.test.ts';
/** By Node for Windows alone, such as under Wine, where reading the engine takes seconds. */
const WINDOWS = 'test/windows/**/*.test.ts';
/** Nothing stands in for a cluster, nor for who else reads our job templates: `npm test` says where these are left out. */
const withoutOpenjd = whyNoOpenjd() === undefined ? [] : ['test/farm/openjd-run.test.ts'];
const files = globSync('test/**/*.test.ts', {
  cwd: root,
  ignore: [SLURM, WINDOWS, ...withoutOpenjd],
});
const alone = files.filter((file) =>
  CHANGES_ITS_PROCESS.test(readFileSync(resolve(root, file), 'utf8')),
);
const together = files.filter((file) => !alone.includes(file));

/** A clean clone knows of no file how long it takes, and would begin with the largest; these wait for a minute and more. */
const LONGEST = /slurm\/(node-lost|silent|soak|detach|nodes)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const isLong = ({ moduleId }: TestSpecification) => Number(LONGEST.test(moduleId));
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => group(a) - group(b) || isLong(b) - isLong(a));
  }
}

const common = {
  root,
  // Outside of Electron there is none: files that use it can be read, and what is pure in them tested.
  alias: { electron: resolve(root, 'test/stand-ins/electron.ts') },
  // For what hangs, not for what is slow because other work has the cores.
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

/** @param groupOrder one group of tests runs after the other */
function project(name: string, groupOrder: number, own: InlineConfig) {
  const setupFiles = own.isolate === false ? [resolve(root, 'test/helpers/fresh-process.ts')] : [];
  return { test: { ...common, ...own, name, setupFiles, sequence: { groupOrder } } };
}

export default defineConfig({
  test: {
    ...common,
    include: ['test/**/*.test.ts'],
    // More than the two cores of the smallest machine: half of the tests wait for a process or a disk.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      project('alone', 0, { include: alone }),
      project('together', 1, { include: together, isolate: false }),
      // They mostly wait for a cluster: with five of them none waits longer than the longest alone.
      ...(whyNoSlurm() === undefined
        ? [project('slurm', 2, { include: [SLURM], isolate: false, maxWorkers: 5 })]
        : []),
      ...(process.platform === 'win32'
        ? [project('windows', 3, { include: [WINDOWS], isolate: false })]
        : []),
    ],
  },
});
