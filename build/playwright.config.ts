import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import { leanEnvironment } from './checks/lean-environment.mjs';

leanEnvironment();
const root = resolve(import.meta.dirname, '..');

export default defineConfig({
  testDir: resolve(root, 'test/e2e'),
  outputDir: resolve(root, 'test-results'),
  timeout: 240_000,
  // What is waited for comes a good deal later where other work has the cores; a test ends as soon as it is there.
  expect: { timeout: 30_000 },
  // Each test runs a window and at least one Blender; a second one would only slow both.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list']],
});
