import { spawnSync } from 'node:child_process';
import { apt, has } from './apt.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';

/**
 * Whether tests can have a cluster of their own, of real Slurm (`test/slurm`): each of its hosts is a set of namespaces,
 * which only root on Linux may make.
 * @returns {string | undefined} why not, as the end of a sentence; undefined where they can
 */
export function whyNoSlurm() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes root on Linux';
  const missing = [...packages.keys()].filter((command) => !has(command));
  if (missing.length > 0) return `there is no ${missing.join(', no ')}`;
  const { status } = spawnSync('unshare', ['--pid', '--mount-proc', '--uts', '--fork', 'true']);
  return status === 0 ? undefined : 'this system allows no namespaces';
}

/** Where root has Debian's or Ubuntu's Slurm to install, tests get it; elsewhere they go without. */
export async function ensureSlurm() {
  if (process.getuid?.() !== 0 || !has('apt-get')) return;
  const missing = [...packages].filter(([command]) => !has(command));
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(([, name]) => name))];
  say(`Installing ${names.join(' ')} for the tests on real Slurm (once, a minute).`);
  await apt(['update']);
  const services = SERVICES.filter((name) => names.includes(name));
  const install = ['install', '-y', '--no-install-recommends', ...names];
  const { code, output } = await apt(install, ['sh', '-c', UNSTARTED, 'sh']);
  if (code !== 0) say(`apt-get could not install them: ${output.trim().split('\n').at(-1)}`);
  // Nor are they to start with this computer.
  else for (const name of services) await run('update-rc.d', [name, 'disable']);
}

/** Command → the package that brings it. */
const packages = new Map([
  ['munged', 'munge'],
  ['slurmctld', 'slurmctld'],
  ['slurmd', 'slurmd'],
  ['srun', 'slurm-client'],
  ['setpriv', 'util-linux'],
  ['unshare', 'util-linux'],
]);

/** Those that Debian starts where they are installed; the tests start their own. */
const SERVICES = ['munge', 'slurmctld', 'slurmd'];

/** Runs the rest of its words while no service may be started, unless the system has a policy of its own. */
const UNSTARTED = `
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  trap 'exit 1' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > $policy
  chmod 755 $policy
fi
"$@"`;
