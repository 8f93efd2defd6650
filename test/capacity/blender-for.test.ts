import { describe, expect, it } from 'vitest';
import {
  type BlenderChoice,
  blenderFor,
  type ShotFacts,
} from '../../electron/engine/capacity/blender-for.ts';
import type { BlenderInfo } from '../../shared/batch.ts';

interface Row {
  readonly title: string;
  /** Versions on this computer. */
  readonly here: string;
  readonly asked?: string;
  readonly shot: Partial<ShotFacts>;
  /** The version, or the cause for which there is none; behind it what the artist is told. */
  readonly is: string;
}

const frames = (...counts: [string, number][]) => new Map(counts);

const ROWS: readonly Row[] = [
  // What saved the file.
  {
    title: 'the version that saved it',
    here: '5.2.2 4.3.2',
    shot: { savedBy: '4.3' },
    is: '4.3.2',
  },
  { title: 'its newest patch', here: '4.3.0 4.3.2 5.2.2', shot: { savedBy: '4.3' }, is: '4.3.2' },
  {
    title: 'the next newer one, with a word',
    here: '5.2.2 4.5.1 4.5.3 4.2.0',
    shot: { savedBy: '4.3' },
    is: '4.5.3 other-blender',
  },
  {
    title: 'never an older one',
    here: '4.2.9 3.6.0',
    shot: { savedBy: '4.3' },
    is: 'newer-blender-needed',
  },
  {
    title: 'nor one of another major version',
    here: '4.5.3',
    shot: { savedBy: '5.0' },
    is: 'newer-blender-needed',
  },
  { title: 'ten is more than nine', here: '4.9.1 4.10.2', shot: { savedBy: '4.10' }, is: '4.10.2' },
  { title: 'the newest for a script alone', here: '4.3.2 5.2.2', shot: {}, is: '5.2.2' },
  {
    title: 'none where there is none',
    here: '',
    shot: { savedBy: '4.3' },
    is: 'newer-blender-needed',
  },
  // One for all.
  {
    title: 'the one for all, also a newer one, without a word',
    here: '4.3.2',
    asked: '5.2.2',
    shot: { savedBy: '4.3' },
    is: '5.2.2',
  },
  {
    title: 'not the one for all where it is older',
    here: '5.2.2',
    asked: '4.3.2',
    shot: { savedBy: '5.2' },
    is: 'newer-blender-needed',
  },
  {
    title: 'a patch is not older',
    here: '',
    asked: '4.3.0',
    shot: { savedBy: '4.3' },
    is: '4.3.0',
  },
  // What the shot says.
  {
    title: 'the version that the shot says',
    here: '5.2.2 4.3.2',
    shot: { savedBy: '4.3', says: '5.2' },
    is: '5.2.2',
  },
  {
    title: 'rather than the one for all',
    here: '5.2.2 4.3.2',
    asked: '4.3.2',
    shot: { savedBy: '4.3', says: '5.2' },
    is: '5.2.2',
  },
  { title: 'to the patch', here: '4.5.1 4.5.3', shot: { says: '4.5.1' }, is: '4.5.1' },
  { title: '4.1 is not 4.10', here: '4.10.2', shot: { says: '4.1' }, is: 'blender-not-found' },
  {
    title: 'an older one where the shot says so, with a word',
    here: '5.2.2 4.3.2',
    shot: { savedBy: '5.2', says: '4.3' },
    is: '4.3.2 newer-blender-needed',
  },
  {
    title: 'no other than it says',
    here: '5.2.2',
    shot: { savedBy: '4.3', says: '4.3' },
    is: 'blender-not-found',
  },
  // What was begun.
  {
    title: 'goes on with the very version',
    here: '4.3.4 4.3.2 5.2.2',
    shot: { savedBy: '4.3', begunBy: frames(['4.3.2', 3]) },
    is: '4.3.2',
  },
  {
    title: 'goes on with a newer one than saved it',
    here: '4.3.2 5.2.2',
    shot: { savedBy: '4.3', begunBy: frames(['5.2.2', 3]) },
    is: '5.2.2',
  },
  {
    title: 'waits where that is not here',
    here: '5.2.2',
    shot: { savedBy: '4.3', begunBy: frames(['4.3.2', 3]) },
    is: 'other-blender',
  },
  {
    title: 'takes another patch, with a word',
    here: '4.3.4',
    shot: { savedBy: '4.3', begunBy: frames(['4.3.2', 3]) },
    is: '4.3.4 other-blender',
  },
  {
    title: 'mixes where that was chosen, with a word',
    here: '5.2.2',
    shot: { savedBy: '5.2', begunBy: frames(['4.3.2', 3]), otherBlender: 'mix' },
    is: '5.2.2 other-blender',
  },
  {
    title: 'renders again where that was chosen',
    here: '5.2.2',
    shot: { savedBy: '5.2', begunBy: frames(['4.3.2', 3]), otherBlender: 'again' },
    is: '5.2.2 again',
  },
  {
    title: 'waits where another one is asked for all',
    here: '5.2.2 4.3.2',
    asked: '5.2.2',
    shot: { savedBy: '4.3', begunBy: frames(['4.3.2', 3]) },
    is: 'other-blender',
  },
  {
    title: 'waits where the shot says another one',
    here: '5.2.2 4.3.2',
    shot: { says: '5.2', begunBy: frames(['4.3.2', 3]) },
    is: 'other-blender',
  },
  {
    title: 'what is mixed already goes on with the one that most frames are of',
    here: '4.5.3 4.3.2 5.2.2',
    shot: { savedBy: '4.5', begunBy: frames(['4.3.2', 2], ['5.2.2', 9]) },
    is: '5.2.2',
  },
  {
    title: 'and asks no more for one that it has',
    here: '5.2.2',
    shot: { savedBy: '5.2', begunBy: frames(['4.3.2', 9], ['5.2.2', 2]) },
    is: '5.2.2',
  },
];

describe('the Blender of a shot is', () => {
  it.each(ROWS)('$title', ({ here, asked, shot, is }) => {
    const facts: ShotFacts = {
      name: 'hero',
      savedBy: null,
      says: null,
      begunBy: new Map(),
      otherBlender: 'wait',
      ...shot,
    };
    const all = here
      .split(' ')
      .filter((version) => version !== '')
      .map(install);
    const choice = blenderFor(facts, { all, asked: asked ? install(asked) : null });
    expect(shown(choice)).toBe(is);
  });
});

it('what can not go on says whose frames there are, and each way out', () => {
  const begunBy = frames(['4.3.2', 48]);
  const facts = {
    name: 'hero',
    savedBy: '4.3',
    says: null,
    begunBy,
    otherBlender: 'wait',
  } as const;
  const { message, nextStep } = failureOf(facts, { all: [install('5.2.2')], asked: null });
  expect(message).toBe(
    'Needs Blender 4.3.2, which began it and is not here any more. 48 frames of hero were rendered by 4.3.2, and 5.2.2 may render the others differently.',
  );
  expect(nextStep).toMatch(/Install Blender 4\.3\.2, then retry.*Retry asks.*again.*mix/);
  const two = { ...facts, begunBy: frames(['4.3.2', 1], ['4.5.1', 3]) };
  expect(failureOf(two, { all: [install('5.2.2')], asked: null }).message).toMatch(
    /^Needs Blender 4\.3\.2 and 4\.5\.1, which began it and are not here any more\. 4 frames /,
  );
});

it('of a Blender that is here nobody says that it is gone: another one is asked for', () => {
  const facts: ShotFacts = {
    name: 'hero',
    savedBy: '4.3',
    says: null,
    begunBy: frames(['4.3.2', 1]),
    otherBlender: 'wait',
  };
  const all = ['5.2.2', '4.3.2'].map(install);
  const { message, nextStep } = failureOf(facts, { all, asked: install('5.2.2') });
  expect(message).toMatch(
    /^Begun by Blender 4\.3\.2, and now 5\.2\.2 is asked for\. 1 frame of hero was rendered/,
  );
  expect(nextStep).toMatch(/^Let the shot have Blender 4\.3\.2 again, then retry/);
  expect(`${message} ${nextStep}`).not.toMatch(/not here|Install/);
});

function failureOf(...[facts, installs]: Parameters<typeof blenderFor>) {
  const choice = blenderFor(facts, installs);
  if (choice.ok) throw new Error('A Blender was chosen.');
  return choice.failure;
}

function install(version: string): BlenderInfo {
  return { path: `/opt/blender-${version}/blender`, version };
}

function shown(choice: BlenderChoice): string {
  if (!choice.ok) return choice.failure.cause;
  const causes = choice.warnings.map(({ cause }) => cause);
  return [choice.value.version, ...causes, ...(choice.again ? ['again'] : [])].join(' ');
}
