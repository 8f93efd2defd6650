import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  holdText,
  type UpdateSource,
  Updates,
  type UpdatesHost,
  updateOf,
} from '../../electron/app/updates/updates.ts';
import type { Packaging, Update, UpdateState } from '../../shared/update.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const NEXT: Update = { version: '0.2.0', notes: 'Faster moons.' };
const DAY = 24 * 3_600_000;

let clock: ManualClock;
let holds: string | null;
let source: { readonly [K in keyof UpdateSource]: ReturnType<typeof vi.fn<UpdateSource[K]>> };
let expected: string | null;
const quit = vi.fn();
const say = vi.fn();
const steps: UpdateState[] = [];

function updatesOf(packaging: Packaging, from: string | null = 'moon.example'): Updates {
  const host: UpdatesHost = {
    ...{ current: '0.1.0', packaging, from, quit, say },
    source: async () => source,
    holds: async () => holds,
    expected: {
      read: async () => expected,
      write: async (version) => {
        expected = version;
      },
    },
    tell: ({ state }) => void steps.push(state),
  };
  return new Updates(host, clock);
}

async function ready(packaging: Packaging = 'app-image'): Promise<Updates> {
  const updates = updatesOf(packaging);
  await updates.check();
  await updates.download();
  return updates;
}

beforeEach(() => {
  clock = new ManualClock('2026-11-27T22:00');
  holds = null;
  expected = null;
  steps.length = 0;
  quit.mockClear();
  say.mockClear();
  source = {
    newest: vi.fn(async () => NEXT),
    fetch: vi.fn(async () => '/cache/nightshift_0.2.0_amd64.deb'),
    install: vi.fn(async () => {}),
  };
});

describe('nobody is asked', () => {
  it('unless the artist asks, or wants it asked at each start', async () => {
    const updates = updatesOf('app-image');
    await updates.begin();
    updates.lookByItself(false);
    await updates.view();
    await updates.nightMoved();
    clock.pass(10 * DAY);
    expect(source.newest).not.toHaveBeenCalled();
    expect(clock.waiting).toBe(0);
  });

  it('more than once a start and once a day, however often the settings are saved', async () => {
    source.newest.mockImplementation(async () => null);
    const updates = updatesOf('app-image');
    updates.lookByItself(true);
    await vi.waitFor(() => expect(steps.at(-1)?.step).toBe('none'));
    updates.lookByItself(true);
    clock.pass(DAY - 1);
    expect(source.newest).toHaveBeenCalledTimes(1);
    clock.pass(1);
    await vi.waitFor(() => expect(source.newest).toHaveBeenCalledTimes(2));
    updates.close();
    clock.pass(10 * DAY);
    expect(source.newest).toHaveBeenCalledTimes(2);
  });

  it('again for what was found already', async () => {
    const updates = updatesOf('deb');
    updates.lookByItself(true);
    await vi.waitFor(() => expect(steps.at(-1)?.step).toBe('found'));
    clock.pass(3 * DAY);
    expect(source.newest).toHaveBeenCalledTimes(1);
    updates.close();
  });

  it.each([
    ['clone', 'moon.example'],
    ['archive', 'moon.example'],
    ['deb', null],
  ] as const)('where nothing could be fetched: %s, %s', async (packaging, from) => {
    const updates = updatesOf(packaging, from);
    updates.lookByItself(true);
    await expect(updates.check()).rejects.toThrow('There is nothing to ask for now.');
    await expect(updates.download()).rejects.toThrow();
    expect(source.newest).not.toHaveBeenCalled();
    expect(clock.waiting).toBe(0);
  });
});

describe('a newer version', () => {
  it('is told, fetched when that is wished, and ready', async () => {
    source.fetch.mockImplementation(async (tell) => {
      tell(5, 10);
      return '/cache/next';
    });
    await ready();
    expect(steps).toEqual([
      { step: 'asking' },
      { step: 'found', update: NEXT },
      { step: 'fetching', update: NEXT, received: 0, total: 0 },
      { step: 'fetching', update: NEXT, received: 5, total: 10 },
      { step: 'ready', update: NEXT, command: null },
    ]);
  });

  it('is said not to be there, with the time', async () => {
    source.newest.mockImplementation(async () => null);
    await updatesOf('installer').check();
    expect(steps.at(-1)).toEqual({ step: 'none', at: clock.now() });
  });

  it('that is not whole is refused in a sentence, and announced anew before it is fetched again', async () => {
    const fault = vi.spyOn(console, 'error').mockImplementation(() => {});
    const wrong = Object.assign(new Error('sha512 checksum mismatch, expected a, got b'), {
      code: 'ERR_CHECKSUM_MISMATCH',
    });
    source.fetch.mockImplementationOnce(async () => Promise.reject(wrong));
    const updates = await ready();
    fault.mockRestore();
    expect(steps.at(-1)).toMatchObject({ step: 'failed', update: NEXT });
    expect(JSON.stringify(steps.at(-1))).toContain('its checksum is another');
    await updates.leave();
    expect(source.install).not.toHaveBeenCalled();
    const later = { version: '0.2.1', notes: '' };
    source.newest.mockImplementation(async () => later);
    await updates.download();
    expect(steps.at(-1)).toEqual({ step: 'ready', update: later, command: null });
  });

  it('whose download is stopped can be fetched again', async () => {
    source.fetch.mockImplementationOnce(
      (_tell, stopped) =>
        new Promise((_resolve, reject) =>
          stopped.addEventListener('abort', () => reject(new Error('cancelled'))),
        ),
    );
    const updates = updatesOf('app-image');
    await updates.check();
    const fetching = updates.download();
    await vi.waitFor(() => expect(source.fetch).toHaveBeenCalled());
    updates.stop();
    await fetching;
    expect(steps.at(-1)).toEqual({ step: 'found', update: NEXT });
    const fault = vi.spyOn(console, 'error').mockImplementation(() => {});
    source.newest.mockRejectedValueOnce(new Error('net::ERR_INTERNET_DISCONNECTED'));
    await updates.check();
    expect(steps.at(-1)?.step).toBe('failed');
    fault.mockRestore();
    await updates.check();
    await updates.download();
    expect(steps.at(-1)?.step).toBe('ready');
  });

  it('is not waited for without end', async () => {
    const fault = vi.spyOn(console, 'error').mockImplementation(() => {});
    source.newest.mockImplementation(() => new Promise(() => {}));
    const checked = updatesOf('app-image').check();
    await vi.waitFor(() => expect(clock.waiting).toBe(1));
    clock.pass(30_000);
    await checked;
    fault.mockRestore();
    expect(steps.at(-1)).toMatchObject({ message: 'moon.example does not answer.' });
  });
});

describe('what is ready', () => {
  it('goes in when Nightshift is closed, and the next start says that it did', async () => {
    await (await ready()).leave();
    expect(source.install).toHaveBeenCalledExactlyOnceWith(false);
    expect(expected).toBe('0.2.0');
    expected = '0.1.0';
    await updatesOf('app-image').begin();
    expect(say).toHaveBeenCalledExactlyOnceWith('This is Nightshift 0.1.0 now.');
    expect(expected).toBeNull();
  });

  it('is missed where the next start is still the old one', async () => {
    expected = '0.2.0';
    await updatesOf('app-image').begin();
    expect(say.mock.lastCall?.[0]).toContain('and was not: this is 0.1.0 still.');
    expect(steps.at(-1)?.step).toBe('failed');
  });

  it('waits for the night, however it is asked for', async () => {
    const updates = await ready();
    holds = '“film” is rendering: the update waits until its night is over.';
    await updates.nightMoved();
    expect((await updates.view()).holds).toBe(holds);
    await expect(updates.restart()).rejects.toThrow(holds);
    await updates.leave();
    expect(quit).not.toHaveBeenCalled();
    expect(source.install).not.toHaveBeenCalled();
    holds = null;
    await updates.nightMoved();
    expect((await updates.view()).holds).toBeNull();
  });

  it('starts again where a restart is wished', async () => {
    const updates = await ready();
    await updates.restart();
    expect(quit).toHaveBeenCalledOnce();
    await updates.leave();
    expect(source.install).toHaveBeenCalledExactlyOnceWith(true);
  });

  it.each([
    ['deb', 'sudo apt install /cache/nightshift_0.2.0_amd64.deb'],
    ['rpm', 'sudo dnf install /cache/nightshift_0.2.0_amd64.deb'],
  ] as const)(
    'of a %s is a command for the artist, and never goes in by itself',
    async (packaging, command) => {
      const updates = await ready(packaging);
      expect(steps.at(-1)).toEqual({ step: 'ready', update: NEXT, command });
      await expect(updates.restart()).rejects.toThrow();
      await updates.leave();
      expect(source.install).not.toHaveBeenCalled();
    },
  );
});

it.each([
  [{}, ''],
  [{ releaseNotes: null }, ''],
  [{ releaseNotes: ' - Moons.\n' }, '- Moons.'],
  // As some services list them, a version each.
  [{ releaseNotes: [{ version: '0.2.0', note: 'Moons.' }] }, ''],
  [{ releaseNotes: 'x'.repeat(1_000_000) }, 'x'.repeat(20_000)],
])('of what a list says is taken what can be shown', (more, notes) => {
  expect(updateOf({ version: '0.2.0', files: [], ...more })).toEqual({ version: '0.2.0', notes });
  expect(() => updateOf({ ...more })).toThrow();
});

it.each([
  [{}, null],
  [{ busy: { name: 'film', startAt: null } }, '“film” is rendering: the update waits'],
  [
    { busy: { name: 'film', startAt: new Date('2026-11-27T23:05').getTime() } },
    '“film” starts at 23:05: the update waits',
  ],
  [{ countsDown: true }, 'This computer is about to go to sleep'],
  [{ renders: true }, 'Nightshift renders from a terminal'],
  [{ busy: { name: 'film', startAt: null }, renders: true }, '“film” is rendering'],
])('of a night %j it says %s', (night, sentence) => {
  const text = holdText({ busy: null, countsDown: false, renders: false, ...night });
  if (sentence === null) expect(text).toBeNull();
  else expect(text).toContain(sentence);
});
