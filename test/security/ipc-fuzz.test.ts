import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ORIGIN } from '../../electron/app/desktop/app-protocol.ts';
import type { Desktop } from '../../electron/app/desktop/desktop.ts';
import { callHandlers } from '../../electron/app/ipc/calls.ts';
import { dispatch, type Handlers } from '../../electron/app/ipc/ipc.ts';
import { Queue } from '../../electron/app/night/queue.ts';
import { queueHost } from '../../electron/app/night/queue-host.ts';
import { TellingElsewhere } from '../../electron/app/night/telling-elsewhere.ts';
import { Sessions } from '../../electron/app/sessions/sessions.ts';
import { BlenderShelf } from '../../electron/app/stores/blenders.ts';
import { ClusterShelf } from '../../electron/app/stores/cluster.ts';
import { settingsFile } from '../../electron/app/stores/settings.ts';
import { TellingStore } from '../../electron/app/stores/telling.ts';
import { TrustStore } from '../../electron/app/stores/trust.ts';
import { Updates } from '../../electron/app/updates/updates.ts';
import { WatchedFolders, watchHost } from '../../electron/app/watch/watched-folders.ts';
import { QueueFile, WALL_CLOCK } from '../../electron/engine/index.ts';
import { CALLS, type CallName, MENU_COMMANDS } from '../../shared/ipc.ts';
import { SPLITS } from '../../shared/more-shots.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';
import { LEFT_OUT_REASONS } from '../../shared/shot.ts';
import { SETTING_KEYS } from '../../shared/shot-setup.ts';
import { SERVICE_NAMES, TELLING_EVENTS } from '../../shared/telling.ts';
import { folderOf } from '../folder/folder.ts';

const WINDOW = { url: `${ORIGIN}/index.html`, mainFrame: true };

/** What would be done with the machine: nothing of it may be asked for unasked. */
const reveal = vi.fn();
const desktop: Desktop = {
  chooseFolder: async () => null,
  locateFolder: async () => null,
  openFile: async () => reveal(),
  chooseOutput: async () => null,
  offer: () => undefined,
  chooseBlender: async () => null,
  reveal,
  chooseReport: async () => null,
  copy: () => {},
};

/** The real handlers over a data directory of their own; no Blender is on this machine. */
async function makeDoor(): Promise<{ handlers: Handlers; root: string }> {
  const root = await folderOf({ 'samples/a.yaml': 'script: a.py', 'samples/a.py': '' });
  const data = join(root, 'data');
  await mkdir(data);
  vi.stubEnv('PATH', root);
  vi.stubEnv('NIGHTSHIFT_BLENDER', '');
  const settings = settingsFile(data);
  const trust = new TrustStore(data);
  const blenders = new BlenderShelf(data);
  const cluster = new ClusterShelf();
  const quiet = () => {};
  const told = {
    push: quiet,
    onSignal: quiet,
    onEnded: quiet,
    onBroken: quiet,
    placeOf: () => null,
    trials: { keep: async () => false, of: async () => new Map() },
  };
  const sessions = new Sessions({ data, settings, trust, blenders, cluster, ...told });
  const info = { version: '1', electron: '1', platform: 'x', cores: 1, memoryMb: 1 };
  // What nobody may reach from a test.
  const nobody = async () => Promise.reject(new TypeError('no network'));
  const store = new TellingStore(data, {
    isAvailable: () => false,
    ...{ lock: (text) => text, unlock: (text) => text },
  });
  const telling = new TellingElsewhere({
    ...{ store, pictureOf: async () => null, push: quiet, clock: WALL_CLOCK, fetch: nobody },
  });
  const host = queueHost({ sessions, trust, push: quiet });
  const tonight = new Queue(host, new QueueFile(data), WALL_CLOCK);
  const handlers = callHandlers({
    telling,
    thumbnails: { clear: async () => undefined, get: async () => null },
    night: { tonight, after: { stay: quiet } },
    watched: new WatchedFolders(watchHost(data, sessions, quiet)),
    updates: updatesThatAskNobody(quiet),
    info: () => ({ ...info, dataDirectory: data, homeDirectory: root }),
    dropped: { check: quiet },
    ...{ sessions, settings, trust, blenders, cluster, desktop, samples: join(root, 'samples') },
    onSettings: async () => {},
  });
  return { handlers, root };
}

/** As in a clone. */
function updatesThatAskNobody(quiet: () => void): Updates {
  const never = () => Promise.reject(new Error('Nobody is asked.'));
  const expected = { read: async () => null, write: never };
  const host = {
    current: '1.0.0',
    packaging: 'clone',
    from: null,
    holds: async () => null,
  } as const;
  return new Updates(
    { ...host, source: never, expected, tell: quiet, say: quiet, quit: never },
    WALL_CLOCK,
  );
}

beforeEach(() => vi.unstubAllEnvs());

/** What Electron lets through between two processes: more than JSON, cycles too, but no functions. */
const anything = fc.anything({
  ...{ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true },
  ...{ withSparseArray: true, withNullPrototype: true, withObjectString: true },
});
const polluting = fc.constantFrom(
  ...['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'],
  ...['{"batchId":"__proto__"}', '{"batchId":"constructor","jobId":"__proto__"}'],
);
const cyclic = fc.constant(null).map(() => {
  const loop: Record<string, unknown> = { batchId: 'a' };
  loop.self = loop;
  return loop;
});
const hostile = fc.oneof(
  anything,
  cyclic,
  polluting.map((text) => JSON.parse(text) as unknown),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 'x'.repeat(1_000_000), [], {}),
);

/** Payloads that fit; paths and names of what is not there. */
const batchId = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._-]{1,120}$/),
  fc.constantFrom('__proto__', 'constructor', '..', '.', 'toString'),
);
const jobId = fc.stringMatching(/^[0-9a-f]{12}$/);
const batch = fc.record({ batchId });
const job = fc.record({ batchId, jobId });
const jobs = fc.record({ batchId, jobIds: fc.array(jobId, { minLength: 1, maxLength: 5 }) });
const settings = fc.record({
  blenderPath: fc.oneof(fc.constant(null), fc.string({ unit: 'binary', minLength: 1 })),
  workers: fc.integer({ min: 0, max: 256 }),
  where: fc.constantFrom('here', 'slurm'),
  slurmPartition: fc.constantFrom(null, 'gpu', '--prolog=/bin/sh'),
  slurmNodes: fc.integer({ min: 0, max: 10_000 }),
  slurmCores: fc.integer({ min: 0, max: 4096 }),
  slurmMemoryMb: fc.constantFrom(null, 512),
  slurmGpus: fc.integer({ min: 0, max: 64 }),
  slurmSeconds: fc.constantFrom(null, 0.5, 31_536_000),
  maxRetries: fc.integer({ min: 0, max: 100 }),
  timeoutSeconds: fc.constantFrom(null, 0.5, 31_536_000),
  frameTimeoutSeconds: fc.constantFrom(null, 1),
  memoryLimitMb: fc.constantFrom(null, 512),
  outputFolder: fc.oneof(fc.constant(null), fc.string({ unit: 'binary', minLength: 1 })),
  continueOnError: fc.boolean(),
  factoryStartup: fc.boolean(),
  existing: fc.constantFrom('resume', 'skip', 'overwrite'),
  whenDone: fc.constantFrom('nothing', 'notify', 'sleep', 'shut-down'),
  lookForUpdates: fc.boolean(),
  ...{ startAtLogin: fc.boolean(), goOnWithNight: fc.boolean() },
  theme: fc.constantFrom('system', 'dark', 'light'),
});
const draft = fc.record({
  service: fc.constantFrom(...SERVICE_NAMES),
  fields: fc.dictionary(
    fc.constantFrom('server', 'topic', 'token', 'address', 'chat', '__proto__', 'toString'),
    fc.oneof(fc.string({ maxLength: 50 }), fc.constantFrom('https://h.example/x', 'file:///etc')),
  ),
  events: fc.subarray([...TELLING_EVENTS]),
  picture: fc.boolean(),
  plainHttp: fc.boolean(),
  on: fc.boolean(),
});
const timeOfDay = fc.constantFrom(null, '00:00', '23:59');
const nothing = fc.constant(undefined);
const LEGAL: Readonly<Record<CallName, fc.Arbitrary<unknown>>> = {
  ...{ 'app:info': nothing, 'batches:list': nothing, 'batch:last': nothing },
  'folder:choose': nothing,
  ...{ 'samples:open': nothing, 'settings:get': nothing },
  'files:open': fc.record({
    paths: fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), { minLength: 1 }),
  }),
  ...{ 'batch:left-out': batch, 'shots:leave-out': jobs, 'shots:take-in': jobs },
  'shots:rules-again': batch,
  'shots:take-all-in': fc.record({
    batchId,
    reasons: fc.subarray([...LEFT_OUT_REASONS], { minLength: 1 }),
  }),
  'blender:list': fc.record({ again: fc.boolean() }),
  'blender:add': fc.record({ what: fc.constantFrom('program', 'folder') }),
  'blender:forget': fc.record({
    place: fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
  }),
  'output:choose': nothing,
  ...{ 'updates:view': nothing, 'updates:check': nothing, 'updates:download': nothing },
  ...{ 'updates:stop': nothing, 'updates:restart': nothing },
  'cluster:look': fc.record({ again: fc.boolean() }),
  'menu:offer': fc.record({ commands: fc.subarray([...MENU_COMMANDS]) }),
  'blender:gpus': fc.record({
    path: fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
    factoryStartup: fc.boolean(),
  }),
  'folder:open': fc.record({
    path: fc.string({ unit: 'binary', maxLength: 300 }).map((text) => `/nowhere/${text}`),
  }),
  ...{ 'batch:open': batch, 'batch:snapshot': batch, 'batch:render': batch, 'batch:pause': batch },
  ...{ 'batch:unpause': batch, 'batch:cancel': batch, 'batch:clear': batch },
  ...{ 'batch:estimate': batch, 'batch:stop-estimate': batch },
  ...{ 'report:export': batch, 'report:copy': batch, 'jobs:cancel': jobs, 'jobs:retry': jobs },
  ...{ 'jobs:render': jobs, 'batch:reveal': batch, 'batch:forget': batch },
  'batch:charts': batch,
  ...{
    'batch:locate': fc.record({ batchId, openedAs: batchId }, { requiredKeys: ['batchId'] }),
    'nights:list': batch,
  },
  'batch:frames-to': fc.record({ batchId, answer: fc.constantFrom('keep', 'move', 'anew') }),
  'nights:open': fc.record({
    batchId,
    night: fc.constantFrom('2026-11-28T22-04-11', '2026-11-28T22-04-11-2'),
    what: fc.constantFrom('report', 'logs'),
  }),
  ...{ 'tonight:get': nothing, 'tonight:add': batch, 'tonight:remove': batch },
  ...{ 'tonight:start': nothing, 'tonight:stop': nothing },
  'tonight:move': fc.record({ batchId, before: fc.oneof(batchId, fc.constant(null)) }),
  ...{ 'power:stay': nothing, 'watch:list': nothing },
  'watch:set': fc.record({ batchId, on: fc.boolean() }),
  'schedule:set': fc.record({ batchId, startAt: timeOfDay, until: timeOfDay }),
  'job:blender': job,
  'batch:begun-elsewhere': fc.record({ batchId, jobIds: fc.constant(null) }),
  'batch:test': fc.record({
    batchId,
    test: fc.constantFrom({ percentage: 25 }, { samples: { times: 0.5 }, step: 8 }),
  }),
  'frames:again': fc.record({
    batchId,
    jobIds: fc.array(jobId, { minLength: 1, maxLength: 5 }),
    frames: fc.constantFrom('30-40, 77', '1', null),
  }),
  'frames:rejected-again': batch,
  'frames:keep-older': jobs,
  'frames:older-again': jobs,
  'frames:review': fc.record({
    batchId,
    jobId,
    frames: fc.array(fc.integer(), { minLength: 1 }),
    review: fc.constantFrom('approved', 'rejected', null),
  }),
  'jobs:blender': fc.record({
    batchId,
    jobIds: fc.array(jobId, { minLength: 1, maxLength: 5 }),
    version: fc.constantFrom(null, '4.3', '5.2.1'),
  }),
  'jobs:other-blender': fc.record({
    batchId,
    jobIds: fc.array(jobId, { minLength: 1, maxLength: 5 }),
    otherBlender: fc.constantFrom('wait', 'again', 'mix'),
  }),
  'jobs:prioritize': fc.record({
    batchId,
    jobIds: fc.array(jobId, { minLength: 1, maxLength: 5 }),
    change: fc.constantFrom('first', 'raise', 'lower'),
  }),
  'jobs:move': fc.record({
    batchId,
    jobIds: fc.array(jobId, { minLength: 1, maxLength: 5 }),
    before: fc.oneof(jobId, fc.constant(null)),
  }),
  'job:open-in-blender': job,
  ...{ 'jobs:setup': jobs, 'batch:undo-setup': batch, 'batch:whole-folder': batch },
  'jobs:change-setup': fc.record({
    batchId,
    jobIds: fc.array(jobId, { minLength: 1, maxLength: 5 }),
    key: fc.constantFrom(...SETTING_KEYS),
    text: fc.oneof(fc.string({ minLength: 1, maxLength: 40 }), fc.constant(null)),
    seen: fc.constant('0123456789abcdef0123456789abcdef'),
  }),
  'jobs:split': fc.record({
    batchId,
    jobIds: fc.array(jobId, { minLength: 1, maxLength: 5 }),
    by: fc.constantFrom(...SPLITS),
  }),
  ...{ 'job:detail': job, 'job:places': job, 'jobs:reveal': jobs, 'jobs:commands': jobs },
  'batch:trust': fc.record({ batchId, trusted: fc.boolean() }),
  'frame:versions': fc.record({ batchId, jobId, frame: fc.integer({ min: -9, max: 9 }) }),
  'job:strip-cell': fc.record({ batchId, jobId, cell: fc.integer({ min: 0, max: 59 }) }),
  'job:log': fc.record({ batchId, jobId: fc.oneof(jobId, fc.constant(null)) }),
  'settings:set': settings,
  'telling:get': nothing,
  ...{ 'telling:save': draft, 'telling:test': draft },
  'telling:remove': fc.record({ service: fc.constantFrom(...SERVICE_NAMES) }),
  'telling:stalled': fc.record({ minutes: fc.integer({ min: 5, max: 1440 }) }),
  'telling:preview': fc.record({ draft, event: fc.constantFrom(...TELLING_EVENTS) }),
};

/** One thing of a fitting payload is spoilt. */
function spoilt(legal: unknown): fc.Arbitrary<unknown> {
  if (typeof legal !== 'object' || legal === null) return hostile;
  const keys = Object.keys(legal);
  return fc
    .tuple(fc.constantFrom(...keys, 'stranger', '__proto__x'), hostile)
    .map(([key, value]) => ({
      ...legal,
      [key]: value,
    }));
}

describe.each(Object.keys(CALLS) as CallName[])('the call %s', (name) => {
  test('takes what its contract says and nothing else, and always answers in an envelope', async () => {
    const { handlers, root } = await makeDoor();
    const fault = vi.spyOn(console, 'error').mockImplementation(() => {});
    const before = (await readdir(root, { recursive: true })).sort();
    const handled = vi.fn(handlers[name] as (payload: unknown) => unknown);
    const watched = { ...handlers, [name]: handled } as Handlers;
    const payloads = fc.oneof(hostile, LEGAL[name], LEGAL[name].chain(spoilt));
    await fc.assert(
      fc.asyncProperty(payloads, async (sent) => {
        handled.mockClear();
        const payload: unknown = structuredClone(sent);
        const fits = CALLS[name].payload.safeParse(payload).success;
        const answer = await dispatch(watched, name, payload, WINDOW);
        expect(handled).toHaveBeenCalledTimes(fits ? 1 : 0);
        if (!fits) expect(answer.ok).toBe(false);
        if (!answer.ok) {
          expect(answer.error.message).toMatch(/^[A-Z“][\s\S]*[.!?]$/u);
          expect(answer.error.message).not.toMatch(/inside Nightshift went wrong|\n {4}at /u);
        }
        structuredClone(answer);
      }),
      // Each of these looks through the disk for Blenders.
      { numRuns: name === 'blender:list' || name === 'blender:forget' ? 5 : 120 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    // Only its own data directory, and there only what it keeps.
    const after = (await readdir(root, { recursive: true })).sort();
    const kept =
      /^data[\\/](tonight|settings\.json|blenders\.json|blender-places\.json|last-seen\.json(\.new)?|telling\.json|trust\.json|samples([\\/].*)?)$/;
    expect(after.filter((file) => !before.includes(file) && !kept.test(file))).toEqual([]);
    expect(reveal).not.toHaveBeenCalled();
    expect(fault).not.toHaveBeenCalled();
    fault.mockRestore();
  });

  test('is answered to our own window only', async () => {
    const handled = vi.fn();
    const handlers: Partial<Handlers> = { [name]: handled };
    const urls = fc.oneof(
      fc.webUrl(),
      fc.string(),
      fc.constantFrom(
        'app://nightshift.evil/',

        'APP://x/',
        'file:///',
      ),
      fc.constantFrom('data:text/html,x', 'about:blank', `blob:${ORIGIN}/1`, 'app:nightshift'),
    );
    const senders = fc.oneof(
      fc.record({ url: urls.filter((url) => !isOurs(url)), mainFrame: fc.boolean() }),
      fc.constant({ url: `${ORIGIN}/index.html`, mainFrame: false }),
    );
    await fc.assert(
      fc.asyncProperty(senders, LEGAL[name], async (sender, payload) => {
        expect((await dispatch(handlers, name, payload, sender)).ok).toBe(false);
      }),
      { numRuns: 40 },
    );
    expect(handled).not.toHaveBeenCalled();
  });
});

test('settings that are sent without one of them are refused, since it would silently be lost', async () => {
  const { handlers } = await makeDoor();
  for (const name of Object.keys(DEFAULT_SETTINGS)) {
    const rest = Object.entries(DEFAULT_SETTINGS).filter(([one]) => one !== name);
    const answer = await dispatch(handlers, 'settings:set', Object.fromEntries(rest), WINDOW);
    expect([name, answer.ok]).toEqual([name, false]);
  }
});

test('a program that was neither found nor shown is not run because the window says so', async () => {
  const { handlers, root } = await makeDoor();
  const blenderPath = join(root, 'samples/a.py');
  const chosen = { ...DEFAULT_SETTINGS, blenderPath };
  expect(await dispatch(handlers, 'settings:set', chosen, WINDOW)).toMatchObject({
    ok: false,
    error: { message: 'This program was not chosen as a Blender.' },
  });
  expect(await dispatch(handlers, 'settings:get', undefined, WINDOW)).toEqual({
    ok: true,
    value: DEFAULT_SETTINGS,
  });
});

function isOurs(url: string): boolean {
  return url.startsWith(`${ORIGIN}/`) || url === ORIGIN;
}
