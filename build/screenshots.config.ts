import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';

const root = resolve(import.meta.dirname, '..');

/** `npm run screenshots`: stories that are told to be photographed. Real Blender, one after the other. */
export default defineConfig({
  testDir: resolve(root, 'test/screenshots'),
  testMatch: '*.story.ts',
  outputDir: resolve(root, 'test-results'),
  timeout: 900_000,
  expect: { timeout: 120_000 },
  workers: 1,
  fullyParallel: false,
  reporter: [['list']],
});
