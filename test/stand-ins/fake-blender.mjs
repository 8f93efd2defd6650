#!/usr/bin/env node
/**
 * A stand-in for Blender that speaks the runner's protocol, for faults and scale. The JSON file named
 * in FAKE_BLENDER steers it; all fields may be missing:
 *   version             '4.3.2' (the variable FAKE_VERSION says it for one process)    versionUntil: says it when there is that file
 *   log                 a file to which each event is appended as a line of JSON: {do, pid, …}
 *   start               a Rule, or a list of them, for what happens before it says hello
 *   facts               merged into the answer to `open`
 *   gpus                [{kind, id, name, on}]: the GPUs that Cycles would use; none if missing
 *   paint               goes into each picture: with other words it is another picture
 *   kept                {prepares, built, kept, wrongFrom, wrongAfter}: a scene that can be kept: seconds until it has it, of a
 *                       frame whose scene was built and of one whose scene was kept; from that frame on those come out otherwise,
 *                       or when it was gone on with more often than that since it was built
 *   quitUntil           when it is asked to end, it does so as soon as there is that file
 *   savedForGpu         text in the path of a .blend that was saved with GPU compute
 *   open, render, encode, inspect    a Rule, or a list of rules of which the first fitting one counts
 * A Rule: which requests it is for, and what then happens.
 *   blend, script: text that the open shot's path must contain;  frame: N or [N, …]
 *   gpu: the id of the one GPU that the shot was opened for, or null      keep: how the scene of a frame comes about
 *   tries: only for the first K times that this rule fits (counted in files, over all processes)
 *   seconds: takes that long      spins: computes for that many seconds, and says nothing      helper: waits for a process that does so
 *   parts: {serial, parallel, scale}: says that it took serial + parallel / threads seconds, and takes them times scale
 *   late: the file is there so many seconds after the answer
 *   node: only on that node of a cluster
 *   takesMb: takes that much memory, for a while
 *   until: waits for that file      hang: never answers      ignoreSignals: SIGINT, SIGTERM do nothing
 *   crash: true | signal name     exit: code               log: [lines on stderr]
 *   spewBytes: that much on stderr    badUtf8: bytes that are no text, and a huge line
 *   file: 'whole' | 'truncated' | 'none' | 'empty' | 'wrong-size'
 *   report: text | fail: {cause, message}   answers that it failed
 *   stray: sends answers with other ids, and lines that are no JSON, before its own
 *   grandchild: starts a process that would outlive it
 *   closesPipes: closes its output and hangs
 *   memoryMb      costs: {fixed, pixel, later}: what a trial says that it took; later: more for each frame number
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { crc32, deflateSync } from 'node:zlib';

const steerFile = process.env.FAKE_BLENDER;
const steer = steerFile ? JSON.parse(readFileSync(steerFile, 'utf8')) : {};
const version = process.env.FAKE_VERSION ?? steer.version ?? '4.3.2';

if (process.argv.includes('--version')) {
  while (steer.versionUntil && !existsSync(steer.versionUntil)) await delay(10);
  process.stdout.write(`Blender ${version}\n`);
  process.exit(steer.versionExit ?? 0);
}

const token = process.argv[process.argv.indexOf('--') + 2];
let shot = { blend: null, script: null };
let facts = null;
let wentOn = 0;

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const chat = (line) => process.stderr.write(`${line}\n`);
const note = (event) =>
  steer.log &&
  appendFileSync(steer.log, `${JSON.stringify({ ...event, pid: process.pid, version })}\n`);

await start(ruleFor({ do: 'start' }));
const requests = createInterface({ input: process.stdin });
requests.on('close', () => process.kill(process.pid, 'SIGKILL'));
for await (const line of requests) {
  const request = JSON.parse(line);
  if (request.do === 'quit') {
    while (steer.quitUntil && !existsSync(steer.quitUntil)) await delay(10);
    process.exit(0);
  }
  await answer(request);
}

async function start(rule) {
  note({ do: 'start', argv: process.argv.slice(2), temporary: process.env.TMPDIR });
  chat(`Blender ${version}`);
  await misbehave(rule, 0);
  if (rule.exit !== undefined) process.exit(rule.exit);
  say({ hello: token, version: version, pid: process.pid });
}

async function answer(request) {
  if (request.do === 'open') {
    shot = request;
    facts = sceneFacts(request);
  }
  const gpu = shot.gpu?.id ?? null;
  const rule = ruleFor(request);
  const frame = request.frame ?? null;
  note({
    do: request.do,
    frame,
    threads: request.threads ?? null,
    blend: shot.blend,
    gpu,
    share: request.share,
    keep: request.keep,
  });
  const isKept = request.do === 'render' && request.keep === 'go-on';
  if (request.do === 'render') wentOn = isKept ? wentOn + 1 : 0;
  if (steer.kept && request.do === 'render' && !isKept) await delay(steer.kept.prepares * 1000);
  if (request.do === 'render') chat(`Fra:${frame} Mem:10.00M (Peak 10.00M) | Sample 0/4`);
  await misbehave(rule, frame);
  if (rule.exit !== undefined) process.exit(rule.exit);
  if (rule.stray) {
    say({ id: request.id + 1000, ok: true, value: null });
    process.stdout.write('this is no JSON\n');
  }
  if (rule.report !== undefined) return say({ id: request.id, ok: false, report: rule.report });
  if (rule.fail) return say({ id: request.id, ok: false, evidence: [], ...rule.fail });
  if (request.do === 'open' && facts.device === null) {
    const message = 'The shot asks for a GPU, but there is none.';
    return say({ id: request.id, ok: false, cause: 'device-not-available', message });
  }
  say({ id: request.id, ok: true, value: work(request, rule) });
}

function work(request, rule) {
  const memoryMb = rule.memoryMb ?? 100;
  if (request.do === 'open') return { ...facts, memoryMb };
  if (request.do === 'inspect') return rule.findings ?? fallback();
  if (request.do === 'devices') return { chosen: true, devices: steer.gpus ?? [] };
  if (request.do === 'render') {
    const { file } = request;
    const { wrongFrom = Infinity, wrongAfter = Infinity } = steer.kept ?? {};
    const wrong = wentOn > 0 && (request.frame >= wrongFrom || wentOn > wrongAfter);
    const put = () => write(file, rule.file ?? 'whole', request.frame, wrong);
    if (rule.late) setTimeout(put, rule.late * 1000);
    else put();
    chat(`Saved: '${request.file}'`);
    const took = steer.kept && { seconds: steer.kept[request.keep === 'go-on' ? 'kept' : 'built'] };
    return { ...taken(request, rule), ...took, memoryMb };
  }
  writeFileSync(request.file, `movie of ${request.frames.length} frames`);
  return { seconds: 0.001 };
}

/** A trial of so many pixels says that it took `costs.fixed` seconds, and `costs.pixel` for each of them. */
function taken({ share, frame, threads }, { seconds = 0.001, costs, parts }) {
  if (parts) {
    const { serial, parallel } = parts;
    return { seconds: serial + parallel / threads, cpuSeconds: serial + parallel };
  }
  if (share === undefined) return { seconds };
  const pixels = Math.ceil(facts.width * share) * Math.ceil(facts.height * share);
  if (!costs) return { seconds, pixels };
  return { seconds: costs.fixed + pixels * (costs.pixel + (costs.later ?? 0) * frame), pixels };
}

async function misbehave(rule, frame) {
  for (const line of rule.log ?? []) chat(line);
  if (rule.ignoreSignals) for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => {});
  if (rule.grandchild) spawn('sleep', ['1000'], { stdio: 'inherit' });
  if (rule.badUtf8) {
    process.stderr.write(Buffer.from([0xff, 0xfe, 0x80, 0x0a]));
    process.stderr.write(`${'x'.repeat(1_000_000)}\n`);
  }
  if (rule.spewBytes) await spew(rule.spewBytes);
  if (rule.takesMb) {
    const taken = Buffer.alloc(rule.takesMb * 1024 * 1024, 1);
    await delay(10_000);
    taken.fill(2);
  }
  if (rule.seconds) await delay(rule.seconds * 1000);
  if (rule.spins) spin(rule.spins);
  if (rule.helper) await once(spawn(process.execPath, ['-e', spins(rule.helper)]), 'exit');
  while (rule.until && !existsSync(rule.until)) await delay(10);
  if (rule.closesPipes) for (const pipe of [1, 2]) closeSync(pipe);
  if (rule.hang || rule.closesPipes) await delay(2 ** 30);
  if (!rule.crash) return;
  chat(`Writing: ${process.env.TMPDIR}/fake.crash.txt`);
  writeFileSync(`${process.env.TMPDIR}/fake.crash.txt`, `# fake crash in frame ${frame}\n`);
  process.kill(process.pid, rule.crash === true ? 'SIGSEGV' : rule.crash);
  await delay(2 ** 30);
}

function spins(seconds) {
  return `for (;;) { const { user, system } = process.cpuUsage(); if (user + system > ${seconds} * 1e6) break; }`;
}

/** By its own processor time: on a busy machine it takes longer. */
function spin(seconds) {
  const began = process.cpuUsage();
  const spent = () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  while (spent() < seconds);
}

/** Waits for the reader, as a real process does when the pipe is full. */
async function spew(bytes) {
  const chunk = `${'chatter '.repeat(31)}\n`.repeat(256);
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    if (process.stderr.write(chunk)) continue;
    await new Promise((resolve) => process.stderr.once('drain', resolve));
  }
}

function ruleFor(request) {
  const rules = [steer[request.do] ?? []].flat();
  for (const [index, rule] of rules.entries()) {
    if (rule.blend && !(shot.blend ?? '').includes(rule.blend)) continue;
    if (rule.script && !(shot.script ?? '').includes(rule.script)) continue;
    if (rule.node && rule.node !== process.env.SLURMD_NODENAME) continue;
    if (rule.gpu !== undefined && rule.gpu !== (shot.gpu?.id ?? null)) continue;
    if (rule.keep !== undefined && rule.keep !== request.keep) continue;
    if (rule.frame !== undefined && ![rule.frame].flat().includes(request.frame)) continue;
    if (rule.tries !== undefined && !hasTriesLeft(request.do, index, rule, request.frame)) continue;
    return rule;
  }
  return {};
}

/** One file a try, made exclusively: processes that count at once don't lose one. */
function hasTriesLeft(what, index, rule, frame) {
  mkdirSync(`${steerFile}.tries`, { recursive: true });
  const name = `${what}-${index}-${frame ?? 'x'}`;
  for (let tried = 0; tried < rule.tries; tried++) {
    try {
      writeFileSync(`${steerFile}.tries/${name}-${tried}`, '', { flag: 'wx' });
      return true;
    } catch {}
  }
  return false;
}

function sceneFacts(request) {
  const { width, height, samples, engine } = request.render;
  return {
    scene: request.scene ?? 'Scene',
    frameStart: 1,
    frameEnd: 3,
    frameStep: 1,
    width: width ?? 8,
    height: height ?? 8,
    engine: engine ?? 'CYCLES',
    device: deviceFor(request),
    format: 'PNG',
    extension: '.png',
    fps: 24,
    samples: samples ?? 1,
    camera: request.camera ?? 'Camera',
    savedOutput: { directory: process.env.TMPDIR, pattern: 'fake_####' },
    otherOutputs: [],
    movie: null,
    ...steer.facts,
  };
}

/** As the runner decides it: `null` where the shot must have a GPU and there is none. */
function deviceFor({ blend, render, gpu }) {
  const saved = steer.savedForGpu && blend?.includes(steer.savedForGpu) ? 'gpu-or-cpu' : 'cpu';
  const wants = render.device ?? saved;
  const isCycles = (render.engine ?? 'CYCLES').toUpperCase() === 'CYCLES';
  if (wants === 'cpu' || !isCycles) return 'cpu';
  const there = (steer.gpus ?? []).filter(({ id, on }) => (gpu ? id === gpu.id : on));
  if (there.length > 0) return 'gpu';
  return wants === 'gpu' || gpu ? null : 'cpu';
}

/** What the runner finds where a shot is not rendered on what it asks for. */
function fallback() {
  const wants = shot.render.device ?? '';
  if (!wants.startsWith('gpu') || facts.device !== 'cpu') return [];
  const message = 'The shot is rendered on the CPU, because there is no GPU.';
  return [{ severity: 'warning', cause: 'device-not-available', message }];
}

function write(file, kind, frame, wrong) {
  if (kind === 'none') return;
  const more = kind === 'wrong-size' ? 1 : 0;
  const bytes = png(facts.width + more, facts.height, toneOf(frame, wrong));
  const length = { truncated: bytes.length >> 1, empty: 0 }[kind] ?? bytes.length;
  writeFileSync(file, bytes.subarray(0, length));
}

/** Three bytes that follow from the shot, its samples and the frame: equal pictures are the same frame. */
function toneOf(frame, wrong) {
  const { blend, script, render } = shot;
  const words = [blend, script].map((file) => basename(file ?? ''));
  return createHash('sha256')
    .update(
      JSON.stringify([...words, render.samples, frame, steer.paint, ...(wrong ? ['kept'] : [])]),
    )
    .digest()
    .subarray(0, 3);
}

/** An RGB picture of one colour. */
function png(width, height, tone) {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const row = Buffer.concat([Buffer.alloc(1), Buffer.alloc(width * 3, tone)]);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    ['IHDR', header],
    ['IDAT', deflateSync(rows, { level: 1 })],
    ['IEND', ''],
  ];
  return Buffer.concat([signature, ...parts.map(([type, data]) => chunk(type, data))]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), Buffer.from(data)]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length - 4, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
