import { expect, test } from 'vitest';
import { partsOfFile, piecesOf, type SeenShot } from '../../electron/engine/folder/more-shots.ts';
import type { FramePlan } from '../../shared/job.ts';
import { isOffered, partsSentence } from '../../shared/more-shots.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import { shotConfig } from '../helpers/shot-config.ts';

type Cameras = NonNullable<NonNullable<FramePlan['settings']>['cameras']>;

const SCENES = [
  { name: 'Attic', first: 1, last: 24 },
  { name: 'Cellar', first: 5, last: 5 },
  { name: 'Set', first: 1, last: 250, part: 'background', of: 'Yard' },
  { name: 'Yard', first: 1, last: 96 },
] as const;

/** A shot of `film.blend`, as its scene was seen. */
function seen(
  shotFile: string,
  said: Partial<ShotConfig> = {},
  plan: { scene?: string; cameras?: Cameras; scenes?: FramePlan['scenes'] } | null = {},
): SeenShot {
  const { scene = 'Yard', cameras, scenes } = plan ?? {};
  const settings = {
    ...{ scene, camera: 'Cam', viewLayers: [], samples: 1, percentage: 100 },
    ...{ denoise: false, colorDepth: 8 },
    ...(cameras && { cameras }),
  };
  return {
    job: {
      id: shotFile,
      shotFile,
      status: 'waiting',
      shotConfig: shotConfig({ blend: '/shots/film.blend', ...said }),
    },
    plan: plan && { frames: frames(1, 96), settings, ...(scenes && { scenes }) },
  };
}

const frames = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

const told = (shot: SeenShot, others: readonly SeenShot[] = [], leftOut: readonly string[] = []) =>
  partsOfFile(shot, [shot, ...others], new Set(leftOut)).map(
    (parts) => `${partsSentence(parts)}${isOffered(parts) ? ' +' : ''}`,
  );

const FILM = seen('film.blend', {}, { scenes: SCENES });

test.each<[string, readonly SeenShot[], readonly string[], string]>([
  ['alone', [], [], 'Yard (renders), Attic, Cellar, Set (background of Yard). +'],
  [
    'beside a shot of one of them',
    [seen('attic.yaml', { scene: 'Attic' }, null)],
    [],
    'Yard (renders), Attic (has a shot), Cellar, Set (background of Yard). +',
  ],
  [
    'beside shots of all',
    [seen('a.yaml', { scene: 'Attic' }, null), seen('c.yaml', { scene: 'Cellar' }, null)],
    [],
    'Yard (renders), Attic (has a shot), Cellar (has a shot), Set (background of Yard).',
  ],
  [
    'where the artist has left the other ones out',
    [],
    ['film_Attic.yaml', 'film_Cellar.yaml'],
    'Yard (renders), Attic (left out), Cellar (left out), Set (background of Yard).',
  ],
  [
    'beside a shot of the same scene',
    [seen('other.yaml')],
    [],
    'Yard (renders), Attic, Cellar, Set (background of Yard). +',
  ],
])('a file of several scenes, %s', (_, others, leftOut, sentence) => {
  expect(told(FILM, others, leftOut)).toEqual([`film.blend has 4 scenes: ${sentence}`]);
});

test.each<[string, SeenShot, readonly SeenShot[]]>([
  ['has one scene', seen('film.blend'), []],
  ['was not opened', seen('film.blend', {}, null), []],
  ['is built by a script', seen('film.yaml', { script: '/shots/a.py' }, { scenes: SCENES }), []],
  ['has a shot that was not opened yet', FILM, [seen('other.yaml', {}, null)]],
])('nothing is told of a file that %s', (_, shot, others) => {
  expect(told(shot, others)).toEqual([]);
});

const CUTS = [
  { from: 1, camera: 'A' },
  { from: 41, camera: 'B' },
  { from: 81, camera: 'A' },
  { from: 200, camera: 'C' },
];
const CUT = seen('film.blend', {}, { cameras: CUTS });
const SENTENCE = 'In film.blend 2 cameras are bound to markers: A (1-40), B (41-80), A (81-96). +';

test.each<[string, SeenShot, readonly SeenShot[], readonly string[], readonly string[]]>([
  ['are offered', CUT, [], [], [SENTENCE]],
  [
    'are offered beside other scenes',
    seen('film.blend', {}, { cameras: CUTS, scenes: SCENES }),
    [],
    [],
    [
      'film.blend has 4 scenes: Yard (renders), Attic, Cellar, Set (background of Yard). +',
      SENTENCE,
    ],
  ],
  ['are none where the shot says its camera', seen('film.yaml', { camera: 'A' }), [], [], []],
  ['have shots already', CUT, [seen('b.yaml', { camera: 'B' }, null)], [], []],
  [
    'have shots of another scene',
    CUT,
    [seen('b.yaml', { camera: 'B', scene: 'Attic' })],
    [],
    [SENTENCE],
  ],
  ['are left out', CUT, [], ['film_B.yaml'], []],
  [
    'are of the frames before or after',
    seen('film.blend', {}, { cameras: CUTS.slice(2) }),
    [],
    [],
    [],
  ],
])('cameras of markers %s', (_, shot, others, leftOut, sentences) => {
  expect(told(shot, others, leftOut)).toEqual(sentences);
});

test.each<[string, Cameras, readonly number[], readonly string[]]>([
  [
    'the first camera is there before its marker, too',
    [
      { from: 10, camera: 'A' },
      { from: 12, camera: 'B' },
    ],
    frames(8, 13),
    ['A 8,9,10,11', 'B 12,13'],
  ],
  [
    'one that goes on is one piece',
    [
      { from: 1, camera: 'A' },
      { from: 2, camera: 'A' },
    ],
    [1, 2, 3],
    ['A 1,2,3'],
  ],
  ['frames that are not of the shot are in no piece', CUTS, [1, 81, 90], ['A 1,81,90']],
  ['no markers', [], [1], []],
])('%s', (_, cameras, numbers, pieces) => {
  const found = piecesOf(cameras, numbers);
  expect(found.map((piece) => `${piece.camera} ${piece.frames.join(',')}`)).toEqual(pieces);
});

test('many scenes are named in part, and names that are read from the right keep to themselves', () => {
  const scenes = frames(1, 12).map((at) => ({ name: `S${at}`, first: 1, last: 2 }));
  const many = seen('film.blend', {}, { scene: 'S12', scenes });
  expect(told(many)).toEqual([
    'film.blend has 12 scenes: S12 (renders), S1, S2, S3, S4, S5, S6, S7 and 4 more. +',
  ]);
});
