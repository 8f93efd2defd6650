import { kinds, newestOthers, whyNot } from './catalog.mjs';
import { askVersion, lookAtMachine } from './machine.mjs';
import { known, provide } from './provide.mjs';

/**
 * The Blender on which `npm test` runs the contract once more: the one that NIGHTSHIFT_OTHER_BLENDER names, one
 * that stands in the cache, or else the first that this machine can have within some minutes.
 * @param {{ fetch: boolean, say: (sentence: string) => void }} options `fetch` false takes what is there only
 * @returns {Promise<{ executable: string, version: string } | { why: string }>} `why` says in one line that there is none
 */
export async function secondBlender({ fetch, say }) {
  const given = process.env.NIGHTSHIFT_OTHER_BLENDER;
  if (given) {
    const said = await askVersion(given);
    if ('problem' in said)
      return { why: `NIGHTSHIFT_OTHER_BLENDER is no Blender: ${said.problem}` };
    return { executable: given, version: said.version };
  }
  const machine = await lookAtMachine();
  const own = machine.blender === undefined ? undefined : await askVersion(machine.blender);
  const others = newestOthers(machine, /^\d+\.\d+/.exec(own?.version ?? '')?.[0] ?? '');
  for (const kind of others) {
    const there = await known(kind, machine);
    if (there !== undefined) return there;
  }
  if (others.length === 0) return { why: whyNone(machine) };
  if (!fetch) return { why: 'none is in the cache; npm test without words gets one' };
  const problems = [];
  const began = Date.now();
  for (const kind of others) {
    const left = LIMIT_SECONDS - (Date.now() - began) / 1000;
    if (left < 30) break;
    const made = await provide(kind, machine, { timeoutSeconds: left, say });
    if (!('problem' in made)) return made;
    problems.push(`${kind.id}: ${made.problem}`);
  }
  return { why: problems.join('; ') };
}

/** A test run is not held up by a slow network; what has been had once costs nothing any more. */
const LIMIT_SECONDS = 300;

function whyNone(machine) {
  const reasons = kinds
    .filter(({ id }) => ['debian-unstable', 'bpy-5.2'].includes(id))
    .map(
      (kind) =>
        `${kind.from} ${kind.series} ${whyNot(kind, machine) ?? 'is the one tested anyway'}`,
    );
  return reasons.join('; ');
}
