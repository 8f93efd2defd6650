import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');

/** `npm run test:packages`: minutes long, and not of `npm test`. */
export default defineConfig({
  testDir: resolve(root, 'test/packages'),
  outputDir: resolve(root, 'test-results/packages'),
  timeout: 1_200_000,
  expect: { timeout: 60_000 },
  workers: 1,
  reporter: [['list']],
});
