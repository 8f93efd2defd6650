/** The borders of ARCHITECTURE.md: a folder says what it may import. */
const border = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
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
      '^electron/(batch|blender|cli)/',
      '^(node_modules/electron/|electron$)',
      'the engine runs in plain Node',
    ),
    border(
      'the-domain-knows-no-face',
      '^electron/(batch|blender)/',
      '^electron/(app|cli|preload|pictures)/',
      '',
    ),
    border(
      'blender-knows-no-batch',
      '^electron/blender/',
      '^electron/batch/',
      'one way: batch -> blender',
    ),
    border(
      'pictures-know-only-the-proof',
      '^electron/pictures/',
      '^electron/(app|cli|preload|blender|batch/(?!proof/index\\.ts$))',
      'made small for whoever shows them',
    ),
    border(
      'faces-use-the-public-engine',
      '^electron/(app|cli)/',
      '^electron/batch/(?!(proof/)?index\\.ts$|checkpoint/atomic-file\\.ts$)',
      'only electron/batch/index.ts is public, proof/index.ts for who only shows pictures, and the writer of small files',
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
