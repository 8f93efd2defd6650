import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kinds, longTermOthers, whyNot } from './catalog.mjs';
import { askVersion, lookAtMachine } from './machine.mjs';
import { blendersFolder, known, makeFolder, provide, startedBlender } from './provide.mjs';

/**
 * The Blender on which `npm test` runs the contract once more: the one that NIGHTSHIFT_OTHER_BLENDER names, one
 * that stands in the cache, or else the first that this machine can have within some minutes.
 * @param {object} options
 * @param {boolean} options.fetch false takes what is there only
 * @param {boolean} [options.again] tries to get one although that failed within the last day
 * @param {(sentence: string) => void} options.say
 * @param {import('./catalog.mjs').Machine} [options.machine] instead of this one
 * @returns {Promise<{ executable: string, version: string } | { why: string, wrong?: boolean }>} `why` says in one
 *   line that there is none; `wrong`: the one that was asked for by name is no Blender
 */
export async function secondBlender({ fetch, again = false, say, machine: given }) {
  const named = process.env.NIGHTSHIFT_OTHER_BLENDER;
  if (named) {
    const said = await startedBlender(named);
    if (!('problem' in said)) return { executable: named, version: said.version };
    return { why: `NIGHTSHIFT_OTHER_BLENDER is no Blender: ${said.problem}`, wrong: true };
  }
  const machine = given ?? (await lookAtMachine());
  const own = machine.blender === undefined ? undefined : await askVersion(machine.blender);
  const others = longTermOthers(machine, /^\d+\.\d+/.exec(own?.version ?? '')?.[0] ?? '');
  for (const kind of others) {
    const there = await known(kind, machine, { say });
    if (there !== undefined) return there;
  }
  if (others.length === 0) return { why: whyNone(machine) };
  if (!fetch) return { why: 'none is in the cache; npm test without words gets one' };
  const tried = again ? undefined : await triedLately(others);
  if (tried !== undefined) {
    return { why: `${tried} (not tried again for a day; npm test -- --again tries)` };
  }
  const got = await getOne(others, machine, say);
  await remember('why' in got ? { others: idsOf(others), why: got.why } : undefined);
  return got;
}

async function getOne(others, machine, say) {
  const problems = [];
  const began = Date.now();
  for (const kind of others) {
    const left = LIMIT_SECONDS - (Date.now() - began) / 1000;
    if (left < 30) break;
    const made = await provide(kind, machine, { timeoutSeconds: left, say });
    if (!('problem' in made)) return made;
    problems.push(
      `${kind.id}: ${made.problem}${made.where === undefined ? '' : `: ${made.where}`}`,
    );
  }
  return { why: problems.join('; ') };
}

/** A test run is not held up by a slow network; what has been had once costs nothing any more. */
const LIMIT_SECONDS = 300;

/** Nor is each one held up where there is no network. Others than at that time, such as with a new Python, are tried. */
async function triedLately(others) {
  const record = await readFile(recordFile(), 'utf8').then(JSON.parse, () => undefined);
  const age = Date.now() - (record?.at ?? 0);
  const same = String(record?.others) === String(idsOf(others));
  return same && age >= 0 && age < DAY_MS ? record.why : undefined;
}

/** Where the cache can't be written, the next run finds that out as quickly as this one. */
async function remember(failure) {
  const kept =
    failure === undefined
      ? rm(recordFile(), { force: true })
      : makeFolder(blendersFolder()).then(() =>
          writeFile(recordFile(), `${JSON.stringify({ at: Date.now(), ...failure })}\n`),
        );
  await kept.catch(() => undefined);
}

const DAY_MS = 24 * 3600 * 1000;

function recordFile() {
  return join(blendersFolder(), 'not-had.json');
}

function idsOf(others) {
  return others.map(({ id }) => id);
}

function whyNone(machine) {
  const reasons = kinds
    .filter(({ id }) => ['debian-unstable', 'bpy-5.2'].includes(id))
    .map(
      (kind) =>
        `${kind.from} ${kind.series} ${whyNot(kind, machine) ?? 'is the one tested anyway'}`,
    );
  return reasons.join('; ');
}
