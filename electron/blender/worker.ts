import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { durationText } from '../../shared/duration-text.ts';
import { type GpuList, gpuListSchema } from '../../shared/gpu.ts';
import { blenderCommand } from './blender-command.ts';
import { type Alarm, alarm, awakeMs, within } from './clock.ts';
import { diagnose, type ProcessEnd, readCrash } from './diagnose.ts';
import type { Exit, Host, Launched } from './host.ts';
import { CHATTER_MS, parseLogLine, RecentLog, readChatter, readLines } from './log-line.ts';
import {
  answerSchema,
  encodedSchema,
  findingsSchema,
  helloSchema,
  parseMessage,
  type RunnerAnswer,
  renderedSchema,
  sceneFactsSchema,
  simulatedSchema,
} from './protocol.ts';
import type { Doing } from './sentences.ts';
import { passed } from './steps.ts';
import { THIS_COMPUTER } from './this-computer.ts';
import type {
  Answer,
  BakeRequest,
  BlenderWorker,
  EncodeRequest,
  Finding,
  Limits,
  MovieRequest,
  RenderedFrame,
  RenderRequest,
  SceneFacts,
  SceneRequest,
  StartWorker,
  WorkerOptions,
} from './types.ts';

/** Starts a Blender with its runner and waits until it says hello. */
export const startWorker: StartWorker = async (options, limits) => {
  const { host = THIS_COMPUTER, token = randomUUID() } = options;
  const blender = await host.launch(await blenderCommand(options, token));
  if ('error' in blender) {
    if (blender.failure) return { ok: false, failure: blender.failure };
    const evidence = { kind: 'no-start', path: options.blenderPath, code: blender.error } as const;
    const failure = await host.blame(evidence, STARTING, false, null);
    return { ok: false, failure: failure ?? diagnose(evidence, STARTING) };
  }
  passed('blender-started');
  const worker = new Worker(blender, host, options, token);
  const up = await worker.ready(limits);
  return up.ok ? { ok: true, value: worker } : up;
};

type Heard =
  | { readonly type: 'answer'; readonly answer: RunnerAnswer }
  | { readonly type: 'hello' }
  | { readonly type: 'exit'; readonly exit: Exit }
  | { readonly type: 'gave-up'; readonly why: GaveUp }
  /** Its answers can't come any more, although it still runs. */
  | { readonly type: 'mute' };

const STARTING: Doing = { what: 'start', frame: null };

class Worker implements BlenderWorker {
  pid: number;
  alive = true;
  blenderVersion: string | null = null;
  clean = true;

  private readonly recent = new RecentLog();
  /** Takes in all that it has said. */
  private readonly caughtUp: () => Promise<void>;
  private nextId = 1;
  private saidHello = false;
  private doing: Doing = STARTING;
  private hear: (heard: Heard) => void = () => {};
  private touch: () => void = () => {};
  private waitingFor: number | null = null;
  private closing: Promise<void> | null = null;
  /** When the frame that is being rendered told of its samples first, by `performance.now()`; `null`: not yet. */
  private firstSamples: number | null = null;

  constructor(
    private readonly blender: Launched,
    private readonly host: Host,
    private readonly options: WorkerOptions,
    private readonly token: string,
  ) {
    this.pid = blender.pid;
    this.caughtUp = readChatter(blender.stderr, LONGEST_LOG_LINE, (line) => this.readLog(line));
    readLines(blender.stdout, LONGEST_MESSAGE, (line) => this.readMessage(line));
    blender.stdout.once('end', () => void this.fallSilent());
    void blender.ended.then((exit) => {
      this.alive = false;
      passed('blender-gone');
      this.hear({ type: 'exit', exit });
    });
  }

  ready(limits: Limits): Promise<Answer<null>> {
    return this.during(
      STARTING,
      limits,
      // It may have come up before anybody waited for it.
      () => this.saidHello && this.hear({ type: 'hello' }),
      () => null,
    );
  }

  open(request: SceneRequest, limits: Limits): Promise<Answer<SceneFacts>> {
    return this.ask('open', null, { ...request }, sceneFactsSchema, limits);
  }

  async render(request: RenderRequest, limits: Limits): Promise<Answer<RenderedFrame>> {
    const began = performance.now();
    this.firstSamples = null;
    const { frame } = request;
    const rendered = await this.ask('render', frame, { ...request }, renderedSchema, limits);
    const first = this.firstSamples as number | null;
    if (!rendered.ok || first === null) return rendered;
    // Heard late, but never taken for longer than it was: a frame would seem worth keeping a scene for.
    const prepared = Math.max(0, first - began - CHATTER_MS);
    return { ok: true, value: { ...rendered.value, preparedSeconds: prepared / 1000 } };
  }

  runUp(frame: number, limits: Limits): Promise<Answer<{ readonly seconds: number }>> {
    return this.ask('run-up', frame, { frame }, simulatedSchema, limits);
  }

  bake(request: BakeRequest, limits: Limits): Promise<Answer<{ readonly seconds: number }>> {
    return this.ask('bake', null, { ...request }, simulatedSchema, limits);
  }

  movie(request: MovieRequest, limits: Limits): Promise<Answer<{ readonly seconds: number }>> {
    return this.ask('movie', null, { ...request }, encodedSchema, limits);
  }

  encode(request: EncodeRequest, limits: Limits): Promise<Answer<{ readonly seconds: number }>> {
    return this.ask('encode', null, { ...request }, encodedSchema, limits);
  }

  inspect(frames: readonly number[], limits: Limits): Promise<Answer<readonly Finding[]>> {
    return this.ask('inspect', null, { frames }, findingsSchema, limits);
  }

  devices(limits: Limits): Promise<Answer<GpuList>> {
    return this.ask('devices', null, {}, gpuListSchema, limits);
  }

  close(): Promise<void> {
    this.closing ??= this.leave();
    return this.closing;
  }

  /** Its standard output is closed: it is about to end, or will never answer again. */
  private async fallSilent(): Promise<void> {
    // On another computer its end has a way to go, and what ended it is known only then.
    await within(this.blender.place ? END_ELSEWHERE_MS : END_MS, this.blender.ended);
    if (!this.alive) return;
    this.hear({ type: 'mute' });
    await this.kill();
  }

  private async leave(): Promise<void> {
    if (this.alive && this.saidHello && this.waitingFor === null) {
      this.blender.write(JSON.stringify({ id: 0, do: 'quit' }));
      await within(QUIT_MS, this.blender.ended);
    }
    await this.kill();
  }

  private ask<T>(
    what: Exclude<Doing['what'], 'start'>,
    frame: number | null,
    request: Record<string, unknown>,
    schema: z.ZodType<T>,
    limits: Limits,
  ): Promise<Answer<T>> {
    if (this.waitingFor !== null) throw new Error('A worker does one thing at a time.');
    const id = this.nextId++;
    this.waitingFor = id;
    this.recent.clear();
    const send = () => this.blender.write(JSON.stringify({ ...request, id, do: what }));
    return this.during({ what, frame }, limits, send, (value) => schema.parse(value)).finally(
      () => {
        this.waitingFor = null;
      },
    );
  }

  /** Waits for the first thing that decides: the answer, the end of the process, or a limit. */
  private async during<T>(
    doing: Doing,
    limits: Limits,
    send: () => unknown,
    read: (value: unknown) => T,
  ): Promise<Answer<T>> {
    this.doing = doing;
    const watched = watch(limits, {
      computedMs: this.blender.computedMs,
      onSilentWork: (ms) => this.tellSilentWork(ms),
    });
    this.touch = watched.touch;
    const heard = new Promise<Heard>((resolve) => {
      this.hear = resolve;
    });
    void watched.gaveUp.then((why) => this.hear({ type: 'gave-up', why }));
    if (!this.alive) void this.blender.ended.then((exit) => this.hear({ type: 'exit', exit }));
    send();
    try {
      return await this.concluded(await heard, doing, limits, read);
    } finally {
      watched.stop();
      this.hear = () => {};
      this.touch = () => {};
    }
  }

  private async concluded<T>(
    heard: Heard,
    doing: Doing,
    limits: Limits,
    read: (value: unknown) => T,
  ): Promise<Answer<T>> {
    // What it said before it answered belongs to this request.
    await this.caughtUp();
    const log = this.recent.read();
    switch (heard.type) {
      case 'hello':
        return { ok: true, value: read(null) };
      case 'answer':
        return answered(heard.answer, doing, log, read);
      case 'exit': {
        const crash = await readCrash(this.options.temporary);
        const { platform } = process;
        return this.ended({ kind: 'exit', ...heard.exit, platform, log, crash }, doing);
      }
      case 'mute':
        await this.kill();
        return { ok: false, failure: diagnose({ kind: 'mute', log }, doing) };
      case 'gave-up': {
        const { why } = heard;
        if (why === 'aborted') await this.interrupt();
        const lost = why === 'stalled' ? await this.host.silent?.(this.blender, doing) : null;
        await this.kill();
        const limit = why === 'stalled' ? 'stalled' : 'timed-out';
        const ms = limit === 'stalled' ? limits.stallMs : limits.timeoutMs;
        const evidence = { kind: 'limit', limit, seconds: (ms ?? 0) / 1000, log } as const;
        return { ok: false, failure: lost ?? diagnose(evidence, doing) };
      }
    }
  }

  private async ended(end: ProcessEnd, doing: Doing): Promise<Answer<never>> {
    const isBlender = this.saidHello && this.pid === this.blender.pid;
    const failure = await this.host.blame(end, doing, isBlender, this.blender);
    return { ok: false, failure: failure ?? diagnose(end, doing) };
  }

  /** Lets Blender clean up behind itself, for a moment. */
  private async interrupt(): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.hear = () => resolve();
    });
    if (!this.blender.interrupt()) return;
    await within(INTERRUPT_MS, Promise.race([this.blender.ended, answered]));
  }

  private async kill(): Promise<void> {
    await this.blender.kill();
    this.alive = false;
  }

  private tellLeft(what: string): void {
    if (!this.clean) return;
    this.clean = false;
    const text = `The script of this shot has left ${what} in Blender: the next shot gets a fresh one.`;
    this.options.onLog({ level: 'info', text });
  }

  private tellSilentWork(silentMs: number): void {
    const silent = durationText(silentMs / 1000);
    const text = `Blender has said nothing for ${silent}, but it computes, so it goes on. Only a timeout or a frame_timeout in the shot file would end it.`;
    this.options.onLog({ level: 'warning', text });
  }

  private readMessage(line: string): void {
    if (!this.saidHello) {
      const hello = parseMessage(helloSchema, line);
      this.saidHello = hello?.hello === this.token;
      if (hello && this.saidHello) {
        this.pid = hello.pid;
        this.blenderVersion = hello.version;
        passed('blender-up');
        this.hear({ type: 'hello' });
      } else this.readLog(line);
      return;
    }
    const answer = parseMessage(answerSchema, line);
    if (answer?.id === this.waitingFor) {
      if (answer.left) this.tellLeft(answer.left);
      this.hear({ type: 'answer', answer });
    } else this.readLog(line);
  }

  private readLog(line: string): void {
    this.touch();
    const event = parseLogLine(line);
    if (event.type === 'samples') {
      this.firstSamples ??= performance.now();
      const { done, total, memoryMb } = event;
      const frame = event.frame ?? this.doing.frame;
      if (frame !== null) this.options.onSamples({ frame, done, total, memoryMb });
      return;
    }
    if (event.type === 'status') {
      this.recent.note(line);
      return;
    }
    const level = event.type === 'error' || event.type === 'warning' ? event.type : 'info';
    this.recent.add(level, line);
    this.options.onLog({ level, text: line });
  }
}

const LONGEST_LOG_LINE = 64 * 1024;
const LONGEST_MESSAGE = 8 * 1024 * 1024;
const QUIT_MS = 1500;
const END_MS = 1000;
const END_ELSEWHERE_MS = 60_000;
const INTERRUPT_MS = 300;

/**
 * What an answer of the runner says: its value, or what went wrong with it.
 * @param log what Blender said while it was at work on it
 */
function answered<T>(
  answer: RunnerAnswer,
  doing: Doing,
  log: ReturnType<RecentLog['read']>,
  read: (value: unknown) => T,
): Answer<T> {
  if (answer.ok) return understood(answer.value, doing, read);
  const evidence =
    'report' in answer
      ? ({ kind: 'report', text: answer.report, log } as const)
      : ({
          kind: 'refusal',
          cause: answer.cause,
          message: answer.message,
          nextStep: answer.nextStep ?? null,
          lines: answer.evidence,
        } as const);
  return { ok: false, failure: diagnose(evidence, doing) };
}

function understood<T>(value: unknown, doing: Doing, read: (value: unknown) => T): Answer<T> {
  try {
    return { ok: true, value: read(value) };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    const text = `The answer could not be understood: ${why.replaceAll(/\s+/g, ' ')}`;
    return { ok: false, failure: diagnose({ kind: 'report', text, log: [] }, doing) };
  }
}

/** Why waiting for an answer was given up. */
type GaveUp = 'timed-out' | 'stalled' | 'aborted';

/** How it is found out whether a Blender that says nothing is at work. */
interface Work {
  /** Processor time that it and all that it has started have taken so far, ms; `null` where nobody can tell. */
  readonly computedMs: () => Promise<number | null>;
  /** It has been silent for its whole limit, and goes on because it computes. Called once a request. */
  readonly onSilentWork: (silentMs: number) => void;
}

/** Watches one request's limits. `touch` on each sign of life; `stop` when it is over. */
interface Watch {
  readonly gaveUp: Promise<GaveUp>;
  readonly touch: () => void;
  readonly stop: () => void;
}

/**
 * A Blender has stalled when it has neither spoken nor computed for `stallMs`. Its processor time is looked at only
 * when half of that has passed in silence, and then once each half.
 */
function watch(limits: Limits, work: Work): Watch {
  let giveUp: (why: GaveUp) => void = () => {};
  const gaveUp = new Promise<GaveUp>((resolve) => {
    giveUp = resolve;
  });
  let hard: Alarm;
  const giveTime = (ms: number | null) => {
    hard = alarm(ms, () => {
      const left = limits.leftMs?.() ?? 0;
      if (left > 0) giveTime(Math.max(left, LEAST_MS));
      else giveUp('timed-out');
    });
  };
  giveTime(limits.timeoutMs);
  const silence = silenceAlarm(limits.stallMs, work, () => giveUp('stalled'));
  const abort = () => giveUp('aborted');
  limits.signal.addEventListener('abort', abort, { once: true });
  if (limits.signal.aborted) abort();
  return {
    gaveUp,
    touch: silence.refresh,
    stop: () => {
      hard.stop();
      silence.stop();
      limits.signal.removeEventListener('abort', abort);
    },
  };
}

/**
 * This much of one core's time is work: a Blender that hangs takes none at all, and one that computes at low priority
 * beside many others still gets more.
 */
const LEAST_SHARE = 0.01;

/** Runs `giveUp` after a silence of `stallMs` whose second half, or any further one, was without work too. */
function silenceAlarm(stallMs: number | null, work: Work, giveUp: () => void): Alarm {
  let spoke = awakeMs();
  let told = false;
  let stopped = false;
  /** What was computed when it was looked at last, and when that was; `null`: not looked at since it spoke. */
  let before: { readonly computed: number | null; readonly at: number } | null = null;
  const half = stallMs === null ? null : stallMs / 2;
  let next = alarm(half, () => void look());
  async function look(): Promise<void> {
    const asked = spoke;
    const computed = await work.computedMs().catch(() => null);
    if (stopped) return;
    const at = awakeMs();
    const first = before === null;
    if (spoke === asked && before !== null && !hasWorked(before, computed, at)) {
      giveUp();
      return;
    }
    if (spoke === asked && !first && !told) {
      told = true;
      work.onSilentWork(at - spoke);
    }
    // Words that came while it was asked begin a new silence.
    before = spoke === asked ? { computed, at } : null;
    next = alarm(half, () => void look());
  }
  return {
    refresh: () => {
      spoke = awakeMs();
      before = null;
      next.refresh();
    },
    stop: () => {
      stopped = true;
      next.stop();
    },
  };
}

function hasWorked(
  before: { readonly computed: number | null; readonly at: number },
  computed: number | null,
  at: number,
): boolean {
  if (before.computed === null || computed === null) return false;
  return computed - before.computed > (at - before.at) * LEAST_SHARE;
}

/** A clock that stands still must not keep us busy. */
const LEAST_MS = 50;
