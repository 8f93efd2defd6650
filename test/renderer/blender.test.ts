import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { render } from '../../renderer/actions/batch-actions.ts';
import { chooseBlenderOf, decide } from '../../renderer/actions/blender-actions.ts';
import { renderJobs, retryJobs } from '../../renderer/actions/job-actions.ts';
import { forgetBlender } from '../../renderer/actions/settings-actions.ts';
import { blenderPicks, pickedNow } from '../../renderer/dialogs/BlenderDialog.tsx';
import { leaveText, nextVersions, othersText } from '../../renderer/dialogs/OtherBlenderDialog.tsx';
import { blenderReasonText, shotBlenderText } from '../../renderer/inspector/SetupTab.tsx';
import { forAllChoices, forAllHint, silentText } from '../../renderer/settings/BlenderField.tsx';
import { useBatch } from '../../renderer/store/batch-store.ts';
import { useLibrary } from '../../renderer/store/library-store.ts';
import { useUi } from '../../renderer/store/ui-store.ts';
import {
  type BlenderInstall,
  type BlenderInstalls,
  installTitle,
  type SilentBlender,
} from '../../shared/blender-install.ts';
import type { BegunElsewhere, ShotBlender } from '../../shared/shot-blender.ts';
import { aRow, aView } from './rows.ts';

let asked: [string, unknown][] = [];
let elsewhere: readonly BegunElsewhere[] = [];
let left: BlenderInstalls | null = null;
const initial = {
  ui: useUi.getState(),
  batch: useBatch.getState(),
  library: useLibrary.getState(),
};

const HERO: BegunElsewhere = {
  jobId: '000000000001',
  name: 'hero',
  begunBy: ['4.3.2'],
  done: 12,
  version: '5.2.2',
  asked: false,
};
const TREE: BegunElsewhere = { ...HERO, jobId: '000000000002', name: 'tree', begunBy: ['4.5.1'] };

beforeEach(() => {
  asked = [];
  elsewhere = [];
  const call = async (name: string, payload: unknown) => {
    asked.push([name, payload]);
    if (name === 'blender:forget') return { ok: true, value: left };
    return { ok: true, value: name === 'batch:begun-elsewhere' ? elsewhere : null };
  };
  Object.assign(globalThis, { window: { nightshift: { call } } });
  const rows = [
    aRow({ id: HERO.jobId, status: 'waiting' }),
    aRow({ id: TREE.jobId, status: 'failed' }),
  ];
  useBatch.getState().show({ seq: 1, view: aView({ id: 'film', phase: 'unread' }), rows });
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'window');
  useUi.setState(initial.ui, true);
  useBatch.setState(initial.batch, true);
  useLibrary.setState(initial.library, true);
});

const names = () => asked.map(([name]) => name);

describe('before a run', () => {
  it('nothing is asked where every Blender is there', async () => {
    await render();
    expect(names()).toEqual(['batch:begun-elsewhere', 'batch:render']);
    expect(useUi.getState().dialog).toBeNull();
  });

  it('the artist is asked, and nothing renders before the answer', async () => {
    elsewhere = [HERO];
    await render();
    expect(names()).toEqual(['batch:begun-elsewhere']);
    expect(useUi.getState().dialog).toEqual({
      kind: 'other-blender',
      shots: [HERO],
      wish: { do: 'render' },
    });
  });

  it('of some shots only those are asked about, and only those rendered or tried again then', async () => {
    elsewhere = [HERO];
    await renderJobs([HERO.jobId]);
    expect(asked).toEqual([['batch:begun-elsewhere', { batchId: 'film', jobIds: [HERO.jobId] }]]);
    await retryJobs([TREE.jobId]);
    expect(useUi.getState().dialog).toMatchObject({ wish: { do: 'retry', jobIds: [TREE.jobId] } });
    await decide([HERO], 'mix', { do: 'retry', jobIds: [TREE.jobId] });
    expect(asked.slice(2)).toEqual([
      ['jobs:other-blender', { batchId: 'film', jobIds: [HERO.jobId], otherBlender: 'mix' }],
      ['jobs:retry', { batchId: 'film', jobIds: [TREE.jobId] }],
    ]);
  });

  it('to leave them decides nothing for another time', async () => {
    await decide([HERO], 'wait', { do: 'render' });
    expect(names()).toEqual(['batch:render']);
  });

  it('a Blender is chosen for all that are selected', async () => {
    await chooseBlenderOf([HERO.jobId, TREE.jobId], '5.2.2');
    await chooseBlenderOf([], '5.2.2');
    expect(asked).toEqual([
      ['jobs:blender', { batchId: 'film', jobIds: [HERO.jobId, TREE.jobId], version: '5.2.2' }],
    ]);
  });
});

const shot = (change: Partial<ShotBlender>): ShotBlender => ({
  savedBy: '4.3',
  uses: { path: '/opt/b/blender', version: '4.3.2' },
  reason: 'saved',
  failure: null,
  chosen: null,
  otherwise: { reason: 'saved', version: '4.3' },
  ...change,
});

function install(version: string, source: BlenderInstall['source'] = 'steam'): BlenderInstall {
  return { path: `/opt/${version}/blender`, version, source };
}

const SILENT: SilentBlender = {
  path: '/opt/3.6.0/blender',
  source: 'archive',
  failure: {
    cause: 'blender-not-found',
    message: 'Blender could not be started: /opt/3.6.0/blender is not a Blender that answers.',
    nextStep: 'Get Blender from blender.org.',
    evidence: ['not a Blender: /opt/3.6.0/blender', 'libGLU.so.1: cannot open it.'],
  },
};

const machine = (change: Partial<BlenderInstalls> = {}): BlenderInstalls => ({
  ...{ found: [install('5.2.2'), install('4.3.2')], silent: [SILENT], added: [] },
  ...change,
});

describe('what is said of Blenders', () => {
  it('which one renders a shot, and why', () => {
    expect(shotBlenderText(shot({}))).toBe('4.3.2');
    expect(blenderReasonText(shot({}))).toBe('saved by 4.3');
    expect(blenderReasonText(shot({ reason: 'newer' }))).toBe(
      'saved by 4.3, which is not here: the next newer one',
    );
    expect(blenderReasonText(shot({ reason: 'newest', savedBy: null }))).toBe('the newest here');
    const said = { message: 'There is none.', nextStep: 'Install one.', evidence: [] };
    const failure = { cause: 'newer-blender-needed', ...said } as const;
    const none = shot({ uses: null, failure });
    expect([shotBlenderText(none), blenderReasonText(none)]).toEqual([
      'There is none.',
      'saved by 4.3',
    ]);
    expect(installTitle({ path: '/x', version: '5.2.2', source: 'steam' })).toBe(
      'Blender 5.2.2 (Steam)',
    );
  });

  it('of shots that were begun by another one, all versions once', () => {
    expect(othersText([HERO])).toMatch(/^This shot was begun with Blender 4\.3\.2, which is not/);
    expect(othersText([HERO, TREE, HERO])).toMatch(/^3 shots were .+ 4\.3\.2 and 4\.5\.1, /);
    expect(othersText([TREE, HERO])).toMatch(/4\.3\.2 and 4\.5\.1, which are not on this computer/);
    expect(nextVersions([HERO, TREE])).toBe('5.2.2');
    expect(leaveText([HERO], ['5.2.2'])).toMatch(/^Install Blender 4\.3\.2, then “Retry” goes on/);
    expect(leaveText([HERO, TREE], ['5.2.2'])).toMatch(
      /^Install Blender 4\.3\.2 and 4\.5\.1, then/,
    );
  });

  it('of a Blender that is here nobody says that it is gone: another one is chosen now', () => {
    const asked = { ...HERO, asked: true };
    expect(othersText([asked])).toMatch(
      /^This shot was begun with Blender 4\.3\.2, and Blender 5\.2\.2 is chosen for it now\. /,
    );
    expect(leaveText([asked], ['5.2.2', '4.3.2'])).toBe(
      'Choose Blender 4.3.2 again, then “Retry” goes on as if nothing had been.',
    );
    expect(leaveText([asked], ['5.2.2'])).toMatch(
      /^Install Blender 4\.3\.2 and choose 4\.3\.2 again, /,
    );
    const both = [asked, TREE];
    expect(othersText(both)).toMatch(
      /^1 shot was .+ 4\.5\.1, which is not on this .+ 1 shot was .+ 4\.3\.2, and Blender 5\.2\.2 is chosen/,
    );
    expect(leaveText(both, ['4.3.2'])).toMatch(
      /^Install Blender 4\.5\.1 and choose 4\.3\.2 again, /,
    );
  });
});

describe('the Blenders that shots can have', () => {
  const found = [install('5.2.2'), install('4.3.2')];
  const titles = (of: ShotBlender | null, isOne = true) =>
    blenderPicks(of, isOne, found).map(({ title }) => title);

  it('the first says what counts where none is chosen by hand', () => {
    const first = (reason: ShotBlender['otherwise']['reason'], version: string | null) =>
      titles(shot({ otherwise: { reason, version } }))[0];
    expect(first('shot-file', '4.3')).toBe('As its shot file says (4.3)');
    expect(first('for-all', '5.2.2')).toBe('The one chosen for all (5.2.2)');
    expect(first('for-all', null)).toBe('The one chosen for all');
    expect(first('saved', '4.3')).toBe('The one that saved it (4.3)');
    expect(first('newest', null)).toBe('The newest here');
    expect(titles(null, false)[0]).toBe('For each shot the one that fits it');
  });

  it('an older one than saved it warns', () => {
    const asides = blenderPicks(shot({ savedBy: '5.2' }), true, found).map(({ aside }) => aside);
    expect(asides.slice(1)).toEqual(['', expect.stringMatching(/^older than 5\.2, .+ lost$/)]);
  });

  it('nothing is picked before the answer is there, so that no choice is cleared unasked', () => {
    expect(pickedNow(null, found)).toBeUndefined();
    expect(pickedNow(shot({}), found)).toBeNull();
    expect(pickedNow(shot({ chosen: '4.3', reason: 'chosen' }), found)).toBe('4.3.2');
  });

  it('one that was chosen and is not here any more is still the one that is picked', () => {
    const of = shot({ chosen: '4.5.1', reason: 'chosen', uses: null });
    expect(pickedNow(of, found)).toBe('4.5.1');
    expect(blenderPicks(of, true, found).at(-1)).toEqual({
      ...{ version: '4.5.1', title: 'Blender 4.5.1 (not here)', aside: '' },
    });
    expect(blenderPicks(of, true, null).at(-1)?.title).toBe('Blender 4.5.1');
    expect(titles(shot({ chosen: '4.3.2', reason: 'chosen' }))).toHaveLength(3);
    const uses = { path: '/opt/new/blender', version: '5.3.0' };
    expect(titles(shot({ chosen: '5.3', reason: 'chosen', uses })).at(-1)).toBe('Blender 5.3.0');
  });
});

describe('the Blender for all shots, in the settings', () => {
  it('is none, unless the environment names one', () => {
    expect(forAllChoices(null, machine())).toEqual({
      '': 'Each shot by the Blender that saved it',
      '/opt/5.2.2/blender': 'All by Blender 5.2.2 (Steam)',
      '/opt/4.3.2/blender': 'All by Blender 4.3.2 (Steam)',
    });
    const named = machine({ found: [install('5.2.2'), install('4.3.2', 'variable')] });
    expect(forAllChoices(null, named)).toMatchObject({
      '': 'All by Blender 4.3.2 (NIGHTSHIFT_BLENDER)',
      '/opt/4.3.2/blender': 'All by Blender 4.3.2 (/opt/4.3.2/blender)',
    });
    expect(forAllHint(null, named)).toContain('NIGHTSHIFT_BLENDER');
    expect(forAllHint(null, machine())).toMatch(/next newer one/);
    const mute = machine({ silent: [{ ...SILENT, source: 'variable' }] });
    expect(forAllChoices(null, mute)['']).toMatch(/NIGHTSHIFT_BLENDER, which does not answer$/);
  });

  it('claims nothing before anybody has looked', () => {
    expect(forAllChoices(null, null)).toEqual({ '': 'Looking for Blenders …' });
    expect(forAllChoices('/opt/b', null)['/opt/b']).toBe('/opt/b');
    expect(forAllHint(null, null)).toBe('');
  });

  it('stays in the list when it is gone or does not answer', () => {
    expect(forAllChoices('/gone', machine())['/gone']).toBe('/gone (not found)');
    expect(forAllChoices(SILENT.path, machine())[SILENT.path]).toMatch(/ \(does not answer\)$/);
  });

  it('one that does not answer says why, and what to do', () => {
    expect(silentText(SILENT)).toBe(
      'Blender could not be started: this is not a Blender that answers. It said: libGLU.so.1: cannot open it. Get Blender from blender.org.',
    );
  });

  it('is chosen no more when its place is removed; one that was away before stays', async () => {
    useLibrary.setState({ blenders: machine() });
    left = machine({ found: [install('5.2.2')] });
    expect(await forgetBlender('/opt', '/opt/5.2.2/blender')).toBe('/opt/5.2.2/blender');
    useLibrary.setState({ blenders: machine() });
    expect(await forgetBlender('/opt', '/opt/4.3.2/blender')).toBeNull();
    expect(await forgetBlender('/opt', '/away')).toBe('/away');
    left = machine({ silent: [] });
    useLibrary.setState({ blenders: machine() });
    expect(await forgetBlender('/opt', SILENT.path)).toBeNull();
  });
});
