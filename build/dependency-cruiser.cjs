/** The borders of ARCHITECTURE.md: a folder says what it may import. */
const border = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
});

/** The rooms of the engine, lowest first: a room imports only from those that stand before it. */
const ENGINE_ROOMS = [
  'lib',
  'proof',
  'journal',
  'folder',
  'report',
  'capacity',
  'resume',
  'estimate',
  'lane',
  'preflight',
  'farm',
  'night',
  'run',
];

/** What the rooms of the engine share, above `lib/`: sentences of failures, the one owner of the jobs' states, sums. */
const ENGINE_BASE = '(failures|batch-store|result|progress|version)\\.ts$';

const engineBorders = ENGINE_ROOMS.map((room, at) =>
  border(
    `engine-${room}-imports-downwards`,
    `^electron/engine/${room}/`,
    `^electron/engine/(?!(${ENGINE_ROOMS.slice(0, at + 1).join('|')})/${room === 'lib' ? '' : `|${ENGINE_BASE}`})`,
    'imports run down only',
  ),
);

/** The rooms of the app, lowest first; those of one line know nothing of each other. */
const APP_ROOMS = ['stores', 'sessions', 'thumbnails|watch|desktop|updates', 'night', 'ipc'];

const appBorders = APP_ROOMS.flatMap((rooms, at) =>
  rooms
    .split('|')
    .map((room) =>
      border(
        `app-${room}-imports-downwards`,
        `^electron/app/${room}/`,
        `^electron/app/(?!(${[...APP_ROOMS.slice(0, at), room].join('|')})/|(refusal|throttle)\\.ts$)`,
        'imports run down only; main.ts puts the rooms together',
      ),
    ),
);

/** The floors of the window, lowest first: each imports from itself and those before it, and no room of the window. */
const WINDOW_FLOORS = [
  ['ui', 'ui/'],
  ['text', 'text/'],
  ['store', 'store/'],
  ['actions', '((actions|store|text)/|api\\.ts$)'],
];

/** The rooms of the window, and those of the others that they know. */
const WINDOW_ROOMS = {
  empty: [],
  lanes: [],
  schedule: [],
  updates: [],
  settings: ['updates'],
  player: [],
  sidebar: ['schedule', 'updates'],
  header: ['schedule'],
  resume: ['schedule'],
  table: ['player'],
  morning: ['header', 'player', 'schedule', 'table'],
  dialogs: ['player', 'settings', 'updates'],
  inspector: ['dialogs', 'player'],
};

const beyond = (may) => `^renderer/(?!${may})`;

const windowBorders = [
  ...WINDOW_FLOORS.map(([floor, may]) =>
    border(
      `window-${floor}-knows-no-room`,
      `^renderer/${floor}/`,
      beyond(may),
      'what rooms share knows none of them',
    ),
  ),
  border('window-acts-draw-nothing', '^renderer/(actions|store|text)/', '\\.tsx$', ''),
  ...Object.entries(WINDOW_ROOMS).map(([room, others]) =>
    border(
      `window-${room}-knows-its-neighbours`,
      `^renderer/${room}/`,
      beyond(`((ui|text|store|actions|${[room, ...others].join('|')})/|api\\.ts$)`),
      'a room imports what rooms share, and the neighbours that are named',
    ),
  ),
];

module.exports = {
  forbidden: [
    ...engineBorders,
    ...appBorders,
    border(
      'electron-stays-at-the-edge',
      '^electron/app/(?!main\\.ts$|desktop/|ipc/ipc\\.ts$|updates/updater\\.ts$)',
      '^(node_modules/electron/|electron$)',
      'what is open, planned, kept and watched is plain Node, and tested there',
    ),
    border(
      'one-file-knows-the-updater',
      '^electron/(?!app/updates/updater\\.ts$)',
      '^node_modules/electron-updater/',
      'it opens connections',
    ),
    ...windowBorders,
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
      comment:
        'types count: what two files tell each other about belongs in one of them or below both',
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(raw|url|asset|worker)$' },
    },
    border(
      'shared-stands-alone',
      '^shared/',
      '^(electron|renderer|test|build)/',
      'shared/ imports nothing from the others',
    ),
    border(
      'shared-has-no-runtime',
      '^shared/',
      '^(node:|(fs|path|os|child_process|net|crypto|electron)$)',
      'shared/ runs in a browser too',
    ),
    border(
      'renderer-never-reaches-into-electron',
      '^renderer/',
      '^(electron|test|build)/',
      'the window talks over IPC only',
    ),
    border('electron-never-reaches-into-the-window', '^electron/', '^(renderer|test|build)/', ''),
    border(
      'the-domain-knows-no-electron',
      '^electron/(engine|blender|hosts|cli|telling)/',
      '^(node_modules/electron/|electron$)',
      'the engine runs in plain Node',
    ),
    border(
      'the-domain-knows-no-face',
      '^electron/(engine|blender|hosts)/',
      '^electron/(app|cli|preload|pictures)/',
      '',
    ),
    border(
      'blender-knows-no-engine',
      '^electron/blender/',
      '^electron/engine/',
      'one way: engine -> blender',
    ),
    border(
      'hosts-know-no-batch',
      '^electron/hosts/',
      '^electron/(?!hosts/|blender/)',
      'a host grants allocations and starts processes, and knows nothing of batches',
    ),
    border(
      'a-host-knows-no-other',
      '^electron/hosts/([^/]+)/',
      '^electron/hosts/(?!$1/|[^/]+\\.ts$)',
      'only hosts/index.ts lists them all',
    ),
    border(
      'blender-knows-no-host',
      '^electron/blender/',
      '^electron/hosts/',
      'one way: engine -> hosts -> blender',
    ),
    border(
      'hosts-are-seen-through-their-index',
      '^electron/(?!hosts/)',
      '^electron/hosts/[^/]+/',
      'adding a host is a folder and a line in hosts/index.ts',
    ),
    border(
      'the-journal-knows-no-host',
      '^electron/engine/journal/',
      '^electron/hosts/',
      'a lock or a request must be readable without any host',
    ),
    border(
      'faces-know-no-host',
      '^electron/(app|cli|preload)/',
      '^electron/hosts/',
      'through engine/index.ts',
    ),
    border(
      'pictures-know-only-the-proof',
      '^electron/pictures/',
      '^electron/(app|cli|preload|blender/(?!saved-picture\\.ts$)|engine/(?!proof/index\\.ts$))',
      'made small for whoever shows them',
    ),
    border(
      'telling-knows-no-face',
      '^electron/telling/',
      '^electron/(app|cli|preload|blender|hosts|engine/(?!(proof/)?index\\.ts$))',
      'a room of its own that both faces use',
    ),
    border(
      'only-faces-tell',
      '^electron/(engine|blender|hosts|pictures|library)',
      '^electron/telling/',
      'what renders opens no connection',
    ),
    border(
      'faces-use-the-public-engine',
      '^electron/(app|cli)/',
      '^electron/engine/(?!(proof/)?index\\.ts$|version\\.ts$|lib/atomic-file\\.ts$)',
      'only electron/engine/index.ts is public, proof/index.ts for who only shows pictures, and the writer of small files and the version, which load nothing',
    ),
    border(
      'the-library-is-the-public-engine',
      '^electron/library\\.ts$',
      '^electron/(?!engine/index\\.ts$)',
      'what a package gives is what the faces use',
    ),
    border(
      'the-command-line-knows-no-window',
      '^electron/cli/',
      '^electron/(app|preload)/',
      'two faces of one engine',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
