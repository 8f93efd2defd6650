import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = resolve(import.meta.dirname, '..');

export default defineConfig({
  test: {
    root,
    // Outside of Electron there is none: files that use it can be read, and what is pure in them tested.
    alias: { electron: resolve(root, 'test/stand-ins/electron.ts') },
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: a test that drives a real Blender needs one for itself.
    maxWorkers: 2,
  },
});
