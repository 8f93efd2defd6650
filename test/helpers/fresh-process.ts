import { vi } from 'vitest';

// Before each file of tests that share a process: what the last one set is gone.
const kept = globalThis as { environment?: NodeJS.ProcessEnv };
kept.environment ??= { ...process.env };
vi.unstubAllEnvs();
vi.restoreAllMocks();
vi.useRealTimers();
for (const name of Object.keys(process.env)) {
  if (!(name in kept.environment)) delete process.env[name];
}
Object.assign(process.env, kept.environment);
