import { describe, expect, it } from 'vitest';
import { lookHint, updateLine, updateWords } from '../../renderer/text/update-text.ts';
import {
  INSTALLED_BY,
  type Packaging,
  type UpdateState,
  type UpdateView,
  updateActs,
} from '../../shared/update.ts';

const update = { version: '0.2.0', notes: '' };
const STATES: Readonly<Record<UpdateState['step'], UpdateState>> = {
  unasked: { step: 'unasked' },
  asking: { step: 'asking' },
  none: { step: 'none', at: new Date('2026-11-27T22:00').getTime() },
  found: { step: 'found', update },
  fetching: { step: 'fetching', update, received: 43, total: 100 },
  ready: { step: 'ready', update, command: null },
  failed: { step: 'failed', update, message: 'It broke.', nextStep: 'Try again.' },
};
const NIGHT = '“film” is rendering: the update waits until its night is over.';

function view(over: Partial<UpdateView>): UpdateView {
  const usual = { current: '0.1.0', packaging: 'app-image', from: 'moon.example' } as const;
  return { ...usual, state: STATES.unasked, holds: null, ...over };
}

const now = new Date('2026-11-27T22:05').getTime();

describe('what may be done, and what is told', () => {
  it.each([
    ['unasked', 'app-image', null, 'check', 'Nobody was asked for a newer one yet.'],
    ['asking', 'app-image', null, '', 'Asking moon.example which version is the newest.'],
    ['none', 'app-image', null, 'check', 'moon.example was asked at 22:00.'],
    ['found', 'installer', null, 'check download', 'It is installed when you close Nightshift'],
    ['found', 'deb', null, 'check download', 'one command installs it'],
    ['fetching', 'app-image', NIGHT, 'stop', 'what renders is not touched'],
    ['ready', 'app-image', null, 'restart', 'installed when you close Nightshift, or now.'],
    ['ready', 'mac-app', NIGHT, '', `${NIGHT} After that, closing Nightshift installs it.`],
    ['ready', 'rpm', null, '', 'This command installs it.'],
    ['ready', 'deb', NIGHT, '', 'goes on as it is, with what it renders'],
    ['failed', 'app-image', null, 'check download', 'It broke. Try again.'],
    ['found', 'clone', null, '', '“git pull” and “npm start”'],
    ['ready', 'archive', null, '', 'unpack the newer one beside it'],
  ] as const)('%s of %s, held by %s', (step, packaging, holds, acts, text) => {
    const seen = view({ state: STATES[step], packaging, holds });
    expect(updateActs(seen).join(' ')).toBe(acts);
    expect(updateWords(seen, now).text).toContain(text);
  });

  it.each(Object.keys(INSTALLED_BY) as Packaging[])(
    'of a %s without an address it asks nobody and says how a newer one comes',
    (packaging) => {
      for (const state of Object.values(STATES)) {
        const seen = view({ packaging, from: null, state });
        expect(updateActs(seen)).toEqual([]);
        expect(updateWords(seen, now)).toMatchObject({ title: 'Nightshift 0.1.0' });
        expect(updateWords(seen, now).text).toMatch(/^[A-Z].*\.$/);
      }
    },
  );

  it('in the sidebar stands only what the artist may want to act on', () => {
    const lines = Object.entries(STATES).map(([step, state]) => [step, updateLine(state)]);
    expect(Object.fromEntries(lines)).toEqual({
      ...{ unasked: null, asking: null, none: null, failed: null },
      ...{ found: 'Update to 0.2.0…', fetching: 'Update: 43 %', ready: '0.2.0 is ready' },
    });
  });

  it('the setting says who is asked, and how often', () => {
    expect(lookHint(view({}), false)).toContain('opens no connection by itself');
    expect(lookHint(view({}), true)).toContain('One question to moon.example at each start');
  });
});
