// `node build/checks/house.mjs [ROOT]`: how large and how tangled the product is. Prints figures and fails never.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import ts from 'typescript';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../..'));
const product = tracked('electron', 'renderer', 'shared');
const code = product.filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
const sources = new Map(code.map((file) => [file, parse(file)]));

const rows = [
  ['TypeScript files without tests', code.length],
  ['lines of TypeScript', lines(code)],
  ['lines of TypeScript, Python and CSS', lines(product.filter((f) => /\.(tsx?|py|css)$/.test(f)))],
  ['words of comments', comments(product.filter((file) => /\.(tsx?|py)$/.test(file)))],
  ['public members of the largest class', largestClass()],
  ['members of the interface between run and worker', workerInterface()],
  ['engine files that Resume imports', reached(file('resume.ts')).filter(isEngine).length],
  ['files that name Slurm outside its folder', slurm().length],
  ['lines of ARCHITECTURE.md', text('ARCHITECTURE.md').split('\n').length - 1],
];
const frame = await ordinaryFrame();
rows.push(['files that an ordinary frame runs through', frame.files.length]);
rows.push(['functions in them', frame.functions]);

for (const [what, value] of rows) console.log(`${what.padEnd(50)} ${value}`);
if (process.argv.includes('--files')) {
  console.log(`\nAn ordinary frame:\n${list(frame.files)}\n\nSlurm:\n${list(slurm())}`);
}

function list(names) {
  return names.map((name) => `  ${name}`).join('\n');
}

function tracked(...folders) {
  const out = execFileSync('git', ['-C', root, 'ls-files', ...folders], { encoding: 'utf8' });
  return out.split('\n').filter((name) => name !== '');
}

function text(name) {
  return readFileSync(join(root, name), 'utf8');
}

function lines(names) {
  return names.reduce((sum, name) => sum + text(name).split('\n').length - 1, 0);
}

function parse(name) {
  const kind = name.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(name, text(name), ts.ScriptTarget.Latest, true, kind);
}

function file(name) {
  return code.find((path) => path.startsWith('electron/engine/') && path.endsWith(`/${name}`));
}

function isEngine(name) {
  return name.startsWith('electron/engine/');
}

function comments(names) {
  return names.reduce((sum, name) => sum + words(text(name), name.endsWith('.py')), 0);
}

/** Words of whole-line comments; Python's docstrings count too. */
function words(source, isPython) {
  const of = isPython ? /^\s*#(.*)$|"""([\s\S]*?)"""/gm : /^\s*\/\/(.*)$|\/\*([\s\S]*?)\*\//gm;
  let count = 0;
  for (const [, line, block] of source.matchAll(of)) {
    const said = (line ?? block ?? '').replace(/^\s*\*/gm, ' ');
    count += said.split(/\s+/).filter((word) => /\w/.test(word)).length;
  }
  return count;
}

function largestClass() {
  let largest = [0, ''];
  for (const source of sources.values()) {
    each(source, (node) => {
      if (!ts.isClassDeclaration(node)) return;
      const isPublic = ({ name, modifiers }) =>
        name !== undefined &&
        !ts.isPrivateIdentifier(name) &&
        !modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
      const names = node.members.filter(isPublic).map(({ name }) => name.getText());
      const count = new Set(names).size;
      if (count > largest[0]) largest = [count, node.name?.text ?? ''];
    });
  }
  return `${largest[0]} (${largest[1]})`;
}

/** What a worker sees of its run: the interface of this name, with all that it extends. */
function workerInterface() {
  const interfaces = new Map();
  for (const source of sources.values()) {
    each(source, (node) => {
      if (ts.isInterfaceDeclaration(node)) interfaces.set(node.name.text, node);
    });
  }
  const name = ['WorkerRun', 'LaneRun'].find((each) => interfaces.has(each));
  const members = (each) => {
    const node = interfaces.get(each);
    if (!node) return [];
    const bases = node.heritageClauses?.flatMap(({ types }) => types) ?? [];
    const own = node.members.map((member) => member.name?.getText());
    return [...own, ...bases.flatMap(({ expression }) => members(expression.getText()))];
  };
  return name === undefined ? 'no such interface' : `${new Set(members(name)).size} (${name})`;
}

function each(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => each(child, visit));
}

/** Files that a file imports, by whatever way, itself included; imports of types count. */
function reached(from, seen = new Set()) {
  if (seen.has(from)) return [...seen];
  seen.add(from);
  for (const statement of sources.get(from)?.statements ?? []) {
    const to = statement.moduleSpecifier?.text;
    if (!to?.startsWith('.')) continue;
    const path = relative(root, resolve(root, dirname(from), to));
    if (sources.has(path)) reached(path, seen);
  }
  return [...seen];
}

function slurm() {
  const isOutside = (name) => !/^electron\/(hosts\/)?slurm\//.test(name);
  return product.filter((name) => isOutside(name) && /slurm/i.test(text(name)));
}

/** Runs a scripted Blender and counts what runs between two frames in the middle of a shot. */
async function ordinaryFrame() {
  const folder = mkdtempSync(join(tmpdir(), 'nightshift-house-'));
  const session = new Session();
  try {
    const bundle = await engineIn();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    const engine = await import(pathToFileURL(bundle.path).href);
    mkdirSync(join(folder, 'shots'));
    writeFileSync(join(folder, 'steer.json'), '{}');
    writeFileSync(join(folder, 'scene.blend'), 'BLENDER-v403RENDH scene');
    writeFileSync(join(folder, 'shots/shot.yaml'), 'blend: ../scene.blend\nframes: 1-12\n');
    process.env.FAKE_BLENDER = join(folder, 'steer.json');
    const batch = await engine.createBatchFromDirectory(join(folder, 'shots'), {
      output: join(folder, 'out'),
    });
    const blenderPath = join(root, 'test/stand-ins/fake-blender.mjs');
    const processor = new engine.BatchProcessor(batch, {
      config: { blenderPath, workers: 1 },
      dataDirectory: join(folder, 'data'),
    });
    let counted;
    processor.subscribe((signal) => {
      if (signal.event?.type !== 'frame-done') return;
      if (signal.event.frame === 7) void session.post('Profiler.takePreciseCoverage');
      if (signal.event.frame === 8) counted = session.post('Profiler.takePreciseCoverage');
    });
    await processor.processBatch();
    await processor.close();
    const { result } = await counted;
    const own = result.find(({ url }) => url === pathToFileURL(bundle.path).href);
    const ran = own.functions.filter(({ ranges }) => ranges[0].count > 0);
    const places = ran.flatMap(({ ranges }) => bundle.fileAt(ranges[0].startOffset) ?? []);
    return { files: [...new Set(places)].sort(), functions: places.length };
  } finally {
    session.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The engine as one file, and which file of it an offset is from. */
async function engineIn() {
  const python = {
    name: 'python-as-text',
    load: (id) =>
      id.endsWith('.py?raw')
        ? `export default ${JSON.stringify(readFileSync(id.slice(0, -4), 'utf8'))}`
        : undefined,
  };
  const build = await rolldown({
    input: join(root, 'electron/engine/index.ts'),
    platform: 'node',
    external: ['sharp', 'koffi'],
    plugins: [python],
    logLevel: 'silent',
  });
  // Beside the project's modules, so that those outside of the bundle are found.
  const directory = join(root, '.cache/house');
  const path = join(directory, 'engine.mjs');
  await build.write({ file: path, format: 'esm', codeSplitting: false });
  await build.close();
  const whole = readFileSync(path, 'utf8');
  // rolldown names the file above the code of each.
  const places = [...whole.matchAll(/^\/\/ (\S+\.\w+)$/gm)];
  const regions = places.map(({ index, 1: name }) => ({ index, file: name }));
  const fileAt = (offset) => {
    const region = regions.findLast(({ index }) => index <= offset);
    return region && code.includes(region.file) ? region.file : undefined;
  };
  return { path, fileAt };
}
