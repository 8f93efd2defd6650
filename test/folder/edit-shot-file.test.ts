import { describe, expect, test } from 'vitest';
import { editShotFile, type SettingValue } from '../../electron/engine/folder/edit-shot-file.ts';

const FILE = { path: '/shots/hero.yaml', name: 'hero.yaml' };

/** @param key such as `render.samples` */
function edited(text: string, key: string, value: SettingValue | undefined): string {
  return editShotFile(text, [{ path: key.split('.'), value }], FILE);
}

type Row = readonly [
  what: string,
  before: string,
  key: string,
  value: SettingValue | undefined,
  after: string,
];

const HERO = `# Hero, as agreed with Mia
name:   "hero"   # keep the quotes
blend: ../scenes/knob.blend

frames: 1-48, 60   # the turn
render:            # look
    engine: cycles
    # hair needs more
    samples:  128  # was 64
# end
`;

describe('a setting that the file says already', () => {
  test.each<Row>([
    ['leaves the rest as it is', HERO, 'render.samples', 256, HERO.replace('128', '256')],
    ['keeps double quotes', 'camera: "Cam A" # x\n', 'camera', 'Cam B', 'camera: "Cam B" # x\n'],
    [
      'keeps single quotes',
      "blend: a\ncamera: 'Cam A'",
      'camera',
      'Cam B',
      "blend: a\ncamera: 'Cam B'",
    ],
    [
      'keeps its distance',
      'frames:\t 1 # x\nblend: a\n',
      'frames',
      2,
      'frames:\t 2 # x\nblend: a\n',
    ],
    [
      'puts into quotes what would be no text',
      'camera: Cam\n',
      'camera',
      '0010',
      'camera: "0010"\n',
    ],
    [
      'puts into quotes what means something in YAML',
      'camera: Cam\n',
      'camera',
      'a: b # c',
      'camera: "a: b # c"\n',
    ],
    [
      'in braces',
      '{ blend: a.blend, render: { samples: 8, engine: cycles } }',
      'render.samples',
      16,
      '{ blend: a.blend, render: { samples: 16, engine: cycles } }',
    ],
    [
      'quotes a comma in braces',
      '{ blend: a.blend, frames: 12 }',
      'frames',
      '1-4, 9',
      '{ blend: a.blend, frames: "1-4, 9" }',
    ],
    [
      'keeps line ends of Windows',
      'blend: a.blend\r\nrender:\r\n  samples: 8 # x\r\nframes: 1\r\n',
      'render.samples',
      16,
      'blend: a.blend\r\nrender:\r\n  samples: 16 # x\r\nframes: 1\r\n',
    ],
    [
      'under `shot:`',
      'shot:\n  blend: a.blend\n  frames: 1-4\n',
      'frames',
      12,
      'shot:\n  blend: a.blend\n  frames: 12\n',
    ],
    [
      'that says nothing',
      'blend: a.blend\ncamera:   # none yet\nframes: 1\n',
      'camera',
      'Cam',
      'blend: a.blend\ncamera: Cam   # none yet\nframes: 1\n',
    ],
    [
      'that says null',
      'blend: a.blend\ncamera: null # none\n',
      'camera',
      'Cam',
      'blend: a.blend\ncamera: Cam # none\n',
    ],
    [
      'on a line of its own',
      'camera: # which\n  Cam_A\nframes: 1\n',
      'camera',
      'Cam_B',
      'camera: # which\n  Cam_B\nframes: 1\n',
    ],
    [
      'of many lines',
      'frames: >-\n  1-48,\n  60\nblend: a.blend\n',
      'frames',
      '1-24',
      'frames: 1-24\nblend: a.blend\n',
    ],
    ['without a line end', 'frames: 1-48', 'frames', '1-24', 'frames: 1-24'],
    [
      'taken away from what it inherits',
      'extends: base.yaml\ncamera: Cam\n',
      'camera',
      null,
      'extends: base.yaml\ncamera: null\n',
    ],
  ])('%s', (_what, before, key, value, after) => {
    expect(edited(before, key, value)).toBe(after);
  });
});

describe('a list', () => {
  test.each<Row>([
    [
      'as long as before keeps its comment',
      'render:\n  resolution: [1920,1080] # full\n',
      'render.resolution',
      [960, 540],
      'render:\n  resolution: [960, 540] # full\n',
    ],
    [
      'in lines keeps their comments',
      'view_layers:\n  - beauty # main\n  - fog    # thin\nframes: 1\n',
      'view_layers',
      ['beauty', 'smoke'],
      'view_layers:\n  - beauty # main\n  - smoke    # thin\nframes: 1\n',
    ],
    [
      'in lines that becomes shorter',
      'view_layers:\n- beauty # main\n- fog\nframes: 1\n',
      'view_layers',
      ['beauty'],
      'view_layers:\n- beauty # main\nframes: 1\n',
    ],
    [
      'in lines that becomes longer',
      'view_layers:\n    - beauty # main\nframes: 1\n',
      'view_layers',
      ['fog', 'beauty'],
      'view_layers:\n    - fog\n    - beauty # main\nframes: 1\n',
    ],
    [
      'in brackets that becomes longer',
      'view_layers: [beauty] # x\n',
      'view_layers',
      ['beauty', 'a, b'],
      'view_layers: [beauty, "a, b"] # x\n',
    ],
    ['of one name', 'view_layers: beauty\n', 'view_layers', ['fog'], 'view_layers: [fog]\n'],
    ['that becomes text', 'frames: [1, 48] # all\n', 'frames', '1-24', 'frames: 1-24 # all\n'],
    [
      'of keys that becomes text, its comments kept',
      'frames:\n  start: 1\n  # to the cut\n  end: 48\nblend: a.blend\n',
      'frames',
      '1-24',
      'frames: 1-24\n# to the cut\nblend: a.blend\n',
    ],
  ])('%s', (_what, before, key, value, after) => {
    expect(edited(before, key, value)).toBe(after);
  });
});

describe('a setting that the file does not say', () => {
  test.each<Row>([
    [
      'stands behind the others of its section',
      HERO,
      'render.denoise',
      true,
      HERO.replace('# was 64\n', '# was 64\n    denoise: true\n'),
    ],
    [
      'opens its section, indented as the file is',
      'blend: a.blend\nparams:\n    a: 1\n',
      'render.samples',
      8,
      'blend: a.blend\nparams:\n    a: 1\nrender:\n    samples: 8\n',
    ],
    [
      'where nothing is indented',
      'blend: a.blend',
      'render.samples',
      8,
      'blend: a.blend\nrender:\n  samples: 8',
    ],
    [
      'with line ends of Windows',
      'blend: a.blend\r\n',
      'render.samples',
      8,
      'blend: a.blend\r\nrender:\r\n  samples: 8\r\n',
    ],
    [
      'before the comments at the end',
      'blend: a.blend # it\n\n# end\n',
      'frames',
      '1-4',
      'blend: a.blend # it\nframes: 1-4\n\n# end\n',
    ],
    [
      'in a section without keys',
      'render: # later\nblend: a.blend\n',
      'render.samples',
      8,
      'render: # later\n  samples: 8\nblend: a.blend\n',
    ],
    [
      'in an empty section',
      'blend: a.blend\nrender: {}\n',
      'render.samples',
      8,
      'blend: a.blend\nrender: { samples: 8 }\n',
    ],
    [
      'in braces',
      '{"blend": "a.blend"}',
      'render.samples',
      8,
      '{"blend": "a.blend", render: { samples: 8 }}',
    ],
    [
      'under `shot:`',
      'shot:\n  blend: a.blend\n# end\n',
      'camera',
      'Cam',
      'shot:\n  blend: a.blend\n  camera: Cam\n# end\n',
    ],
    [
      'behind text of many lines',
      'blend: a.blend\nparams:\n  note: |\n    one\n    two\n',
      'frames',
      3,
      'blend: a.blend\nparams:\n  note: |\n    one\n    two\nframes: 3\n',
    ],
    [
      'of a list',
      'blend: a.blend\n',
      'render.resolution',
      [64, 36],
      'blend: a.blend\nrender:\n  resolution: [64, 36]\n',
    ],
    ['is not there when it is cleared', HERO, 'camera', undefined, HERO],
  ])('%s', (_what, before, key, value, after) => {
    expect(edited(before, key, value)).toBe(after);
  });
});

describe('a setting that is cleared', () => {
  test.each<Row>([
    [
      'goes with its line',
      HERO,
      'frames',
      undefined,
      HERO.replace('frames: 1-48, 60   # the turn\n', ''),
    ],
    [
      'leaves the comment above it',
      HERO,
      'render.samples',
      undefined,
      HERO.replace('    samples:  128  # was 64\n', ''),
    ],
    [
      'takes an empty section along, not its comments',
      'blend: a.blend\nrender:\n  # hair\n  samples: 8\nframes: 1\n',
      'render.samples',
      undefined,
      'blend: a.blend\n# hair\nframes: 1\n',
    ],
    [
      'in braces, first',
      'blend: a\nrender: { samples: 8, engine: cycles }\n',
      'render.samples',
      undefined,
      'blend: a\nrender: { engine: cycles }\n',
    ],
    [
      'in braces, last',
      'blend: a\nrender: { samples: 8, engine: cycles }\n',
      'render.engine',
      undefined,
      'blend: a\nrender: { samples: 8 }\n',
    ],
    [
      'in braces, the only one',
      'blend: a\nrender: { samples: 8 }\nframes: 1\n',
      'render.samples',
      undefined,
      'blend: a\nframes: 1\n',
    ],
    [
      'a list in lines',
      'blend: a\nview_layers:\n  - a # x\n  - b\nframes: 1\n',
      'view_layers',
      undefined,
      'blend: a\nframes: 1\n',
    ],
    ['the last one, without a line end', 'blend: a\nframes: 1', 'frames', undefined, 'blend: a\n'],
    [
      'with line ends of Windows',
      'blend: a\r\nframes: 1\r\ncamera: b\r\n',
      'frames',
      undefined,
      'blend: a\r\ncamera: b\r\n',
    ],
    [
      'that merged keys say, too',
      'blend: a\nparams: &p\n  samples: 4\nrender:\n  <<: *p\n  samples: 8\n',
      'render.samples',
      undefined,
      'blend: a\nparams: &p\n  samples: 4\nrender:\n  <<: *p\n',
    ],
  ])('%s', (_what, before, key, value, after) => {
    expect(edited(before, key, value)).toBe(after);
  });
});

describe('what is said in several places', () => {
  test.each<Row>([
    [
      'a place that repeats another one says it itself',
      'blend: a\nparams: { q: &q 64 }\nrender:\n  samples: *q # all alike\n',
      'render.samples',
      128,
      'blend: a\nparams: { q: &q 64 }\nrender:\n  samples: 128 # all alike\n',
    ],
    [
      'a mark that nobody asks for goes',
      'blend: a\nframes: &f 1-4\n',
      'frames',
      '1-8',
      'blend: a\nframes: 1-8\n',
    ],
    [
      'a section that repeats another one',
      'blend: a\nparams: &p { samples: 4 }\nrender: *p # same\n',
      'render.samples',
      8,
      'blend: a\nparams: &p { samples: 4 }\nrender:\n  # same\n  samples: 8\n',
    ],
    [
      'own keys win over merged ones',
      'blend: a\nparams: &p\n  samples: 4\nrender:\n  <<: *p\n',
      'render.samples',
      8,
      'blend: a\nparams: &p\n  samples: 4\nrender:\n  <<: *p\n  samples: 8\n',
    ],
  ])('%s', (_what, before, key, value, after) => {
    expect(edited(before, key, value)).toBe(after);
  });

  test.each([
    [
      'a section whose keys stand elsewhere, too',
      'render: &r\n  samples: 8\nparams:\n  same: *r\n',
      'render.samples',
      16,
    ],
    [
      'a value that another place repeats',
      'render:\n  samples: &q 64 # all\nparams: { q: *q, r: *q }\n',
      'render.samples',
      128,
    ],
    [
      'a section that repeats another one of several keys',
      'blend: a\nparams: &p { samples: 4, engine: cycles }\nrender: *p\n',
      'render.samples',
      8,
    ],
    [
      'a mark that is lost with its line',
      'render:\n  samples: &q 64\n  engine: cycles\nparams: { q: *q }\n',
      'render.samples',
      undefined,
    ],
    [
      'keys that begin with a question mark',
      '? frames\n: 1-4\n? blend\n: a\n',
      'frames',
      undefined,
    ],
    ['the only key of all', 'frames: 1-4\n', 'frames', undefined],
  ] as const)('is not changed where that would change more: %s', (_what, text, key, value) => {
    expect(() => edited(text, key, value)).toThrow(
      `\`${key}\` can't be changed here without changing more of hero.yaml. Change it in a text editor.`,
    );
  });
});

test('several settings are changed in one go', () => {
  const edits = [
    { path: ['render', 'resolution_x'], value: 64 },
    { path: ['render', 'resolution_y'], value: 36 },
    { path: ['frames'], value: undefined },
  ];
  const text = 'blend: a\nframes: 1\nrender:\n  resolution_x: 32 # wide\n';
  const after = 'blend: a\nrender:\n  resolution_x: 64 # wide\n  resolution_y: 36\n';
  expect(editShotFile(text, edits, FILE)).toBe(after);
});

test('a file that can’t be read is not changed', () => {
  expect(() => edited('blend: [', 'frames', 1)).toThrow('A [ before this is not closed');
  expect(() => edited('blend: a\nblend: b\n', 'frames', 1)).toThrow('stands here a second time');
});
