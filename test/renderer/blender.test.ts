import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { render } from '../../renderer/actions/batch-actions.ts';
import { chooseBlenderOf, decide } from '../../renderer/actions/blender-actions.ts';
import { renderJobs, retryJobs } from '../../renderer/actions/job-actions.ts';
import { useBatch } from '../../renderer/store/batch-store.ts';
import { useUi } from '../../renderer/store/ui-store.ts';
import {
  blenderReasonText,
  installTitle,
  nextVersions,
  othersText,
  shotBlenderText,
} from '../../renderer/text/blender-text.ts';
import type { BegunElsewhere, ShotBlender } from '../../shared/shot-blender.ts';
import { aRow, aView } from './rows.ts';

let asked: [string, unknown][] = [];
let elsewhere: readonly BegunElsewhere[] = [];
const initial = { ui: useUi.getState(), batch: useBatch.getState() };

const HERO: BegunElsewhere = {
  jobId: '000000000001',
  name: 'hero',
  begunBy: ['4.3.2'],
  done: 12,
  version: '5.2.2',
};
const TREE: BegunElsewhere = { ...HERO, jobId: '000000000002', name: 'tree', begunBy: ['4.5.1'] };

beforeEach(() => {
  asked = [];
  elsewhere = [];
  const call = async (name: string, payload: unknown) => {
    asked.push([name, payload]);
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

describe('what is said of Blenders', () => {
  const shot = (change: Partial<ShotBlender>): ShotBlender => ({
    savedBy: '4.3',
    uses: { path: '/opt/b/blender', version: '4.3.2' },
    reason: 'saved',
    failure: null,
    ...change,
  });

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
    expect(nextVersions([HERO, TREE])).toBe('5.2.2');
  });
});
