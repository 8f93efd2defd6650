import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { defineConfig } from 'vitest/config';
import { whyNoOpenjd } from './setup/openjd.mjs';
import { whyNoSlurm } from './setup/slurm.mjs';

const root = resolve(import.meta.dirname, '..');

/** Tests of rooms that start no programs of their own, or few: what they import is read once for all of them. */
const ROOMS =
  'test/{app,capacity,charts,estimate,folder,journal,night,proof,renderer,report,state}/**/*.test.ts';
/** But files that exchange modules or what is global have a process of their own, as all of the other rooms have. */
const CHANGES_ITS_PROCESS = /\bvi\.mock\(|\bglobalThis\b|\bprocess\.(chdir|on)\(/;
const together = globSync(ROOMS, { cwd: root }).filter(
  (file) => !CHANGES_ITS_PROCESS.test(readFileSync(resolve(root, file), 'utf8')),
);

/** Nothing stands in for a cluster: `npm test` says that these are left out. */
const withoutSlurm = whyNoSlurm() === undefined ? [] : ['test/slurm/**'];
/** Nor for who else reads our job templates. */
const withoutOpenjd = whyNoOpenjd() === undefined ? [] : ['test/farm/openjd-run.test.ts'];

const common = {
  root,
  // Outside of Electron there is none: files that use it can be read, and what is pure in them tested.
  alias: { electron: resolve(root, 'test/stand-ins/electron.ts') },
  // For what hangs, not for what is slow because other work has the cores.
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

/** By Node for Windows alone, such as under Wine, where reading the engine takes seconds: once for all. `npm test` says where they are left out. */
const WINDOWS = 'test/windows/**/*.test.ts';
const onWindows = { ...common, name: 'windows', include: [WINDOWS], isolate: false };

export default defineConfig({
  test: {
    ...common,
    include: ['test/**/*.test.ts'],
    // Two cores: a test that drives a real Blender needs one for itself.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'alone',
          include: ['test/**/*.test.ts'],
          exclude: [...together, ...withoutSlurm, ...withoutOpenjd, WINDOWS],
        },
      },
      {
        test: {
          ...common,
          name: 'together',
          include: together,
          isolate: false,
          setupFiles: [resolve(root, 'test/helpers/fresh-process.ts')],
          sequence: { groupOrder: 1 },
        },
      },
      ...(process.platform === 'win32' ? [{ test: onWindows }] : []),
    ],
  },
});
