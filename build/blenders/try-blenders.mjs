// `npm run try-blenders [-- WORDS]`: the Blender parts of the tests and the sample shots on every Blender that
// this machine can have; the results go to docs/blender-versions.md. Words choose Blenders (`5.2`, `bpy-4.5`,
// `debian-unstable`, `machine`); `--parts contract,shots` chooses parts; `--again` makes the Blenders anew.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../setup/paths.mjs';
import { chosenKinds, kinds, longTermOthers, whyNot } from './catalog.mjs';
import { askVersion, lookAtMachine } from './machine.mjs';
import { notes } from './notes.mjs';
import { known, provide } from './provide.mjs';
import { tableText, withRow } from './table.mjs';
import { parts, tryPart } from './trial.mjs';

const RECORD = join(projectRoot, 'docs', 'blender-versions.json');
const TABLE = join(projectRoot, 'docs', 'blender-versions.md');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { parts: { type: 'string' }, again: { type: 'boolean', default: false } },
});
const machine = await lookAtMachine();
const machineSeries =
  machine.blender === undefined ? '' : seriesOf(await askVersion(machine.blender));
const { chosen, unknown } = chosenKinds(positionals, machineSeries);
const wanted = values.parts?.split(',') ?? parts.map(({ name }) => name);
const strange = wanted.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0 || strange.length > 0) {
  const known = [...kinds.map(({ id }) => id), ...kinds.map(({ series }) => series)].filter(
    Boolean,
  );
  console.error(
    `There is no ${[...unknown, ...strange].join(', ')}. Blenders: ${[...new Set(known)].join(', ')}. Parts: ${parts.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

let failed = 0;
for (const kind of chosen) {
  const why = whyNot(kind, machine);
  const had =
    why === undefined
      ? await provide(kind, machine, { again: values.again, say: console.log })
      : { problem: why };
  const row = { id: kind.id, from: kind.from };
  if ('problem' in had) {
    const where = had.where === undefined ? '' : `: ${had.where}`;
    console.log(`${kind.id}: can't be had here: ${had.problem}${where}.`);
    await record({ ...row, problem: had.problem, results: {} });
    continue;
  }
  const { version, build, executable } = had;
  const other = await otherThan(kind);
  for (const part of parts.filter(({ name }) => wanted.includes(name))) {
    console.log(`\n== Blender ${version} (${kind.id}): ${part.title}`);
    const result = await tryPart(part, executable, other);
    failed += result.failed;
    console.log(`${result.passed} passed, ${result.failed} failed`);
    for (const { title, why } of result.failures) console.log(`  ${title}: ${why}`);
    const date = new Date().toISOString().slice(0, 10);
    await record({ ...row, version, build, results: { [part.name]: { ...result, date } } });
  }
}
process.exitCode = failed === 0 ? 0 : 1;

/** After each part, so that a run that is broken off has not tried in vain. */
async function record(row) {
  const rows = await readFile(RECORD, 'utf8').then(JSON.parse, () => []);
  const order = kinds.map(({ id }) => id);
  const now = withRow(rows, row, order);
  await writeFile(RECORD, `${JSON.stringify(now, null, 2)}\n`);
  await writeFile(TABLE, tableText(now, parts, notes));
}

/** For the tests that need two versions: one that is there already. */
async function otherThan(kind) {
  if (kind.way !== 'path') return machine.blender;
  for (const candidate of longTermOthers(machine, machineSeries)) {
    const there = await known(candidate, machine);
    if (there !== undefined) return there.executable;
  }
  return undefined;
}

function seriesOf(said) {
  return /^\d+\.\d+/.exec(said.version ?? '')?.[0] ?? '';
}
