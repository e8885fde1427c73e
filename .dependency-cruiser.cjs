/** Import rules. Each says why, and names its decision record. */
module.exports = {
  forbidden: [
    {
      name: 'pure-folders',
      comment:
        'A decider, its state and events know the kernel and their own folder only: docs/adr/0002-pure-deciders.md',
      severity: 'error',
      from: {
        path: '^libs/(ticketing/src/ticket|ticketing/src/access|accounts/src/(company|person|staff))/',
        pathNot: '[.]spec[.]ts$',
      },
      to: {
        pathNot: [
          '^libs/platform/kernel/',
          '^libs/(ticketing/src/ticket|ticketing/src/access|accounts/src/(company|person|staff))/',
        ],
      },
    },
    {
      name: 'kernel-imports-nothing',
      comment: 'docs/adr/0002-pure-deciders.md',
      severity: 'error',
      from: { path: '^libs/platform/kernel/', pathNot: '[.]spec[.]ts$' },
      to: { pathNot: '^libs/platform/kernel/' },
    },
    {
      name: 'platform-knows-no-context',
      comment: 'Ports and engines serve every context: docs/adr/0003-rooms.md',
      severity: 'error',
      from: { path: '^libs/platform/' },
      to: { path: '^(libs/(ticketing|accounts|insights)|apps)/' },
    },
    {
      name: 'contexts-meet-at-contracts',
      comment: 'A context sees another one through its contract.ts only: docs/adr/0003-rooms.md',
      severity: 'error',
      from: { path: '^libs/(ticketing|accounts|insights)/' },
      to: { path: '^libs/(ticketing|accounts|insights)/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/contract[.]ts$'] },
    },
    {
      name: 'contexts-know-no-engine',
      comment: 'Contexts talk to ports; which engine is behind them is configuration: docs/adr/0004-ports.md',
      severity: 'error',
      from: { path: '^libs/(ticketing|accounts)/', pathNot: '[.]spec[.]ts$' },
      to: { path: '(better-sqlite3|/sqlite/|^libs/platform/sqlite/|node_modules/mongodb/|/mongodb/)' },
    },
    {
      name: 'apps-use-index-files',
      comment: 'Applications compose; they reach into no library: docs/adr/0003-rooms.md',
      severity: 'error',
      from: { path: '^apps/(api|cli)/', pathNot: '[.]spec[.]ts$' },
      // An adapter whose driver is heavy has an index of its own, so that it is loaded only where it is used.
      to: { path: '^libs/', pathNot: '/src/(s3/index|index|contract)[.]ts$' },
    },
    {
      name: 'portal-knows-the-api-only',
      comment: 'docs/adr/0003-rooms.md',
      severity: 'error',
      from: { path: '^apps/portal/' },
      to: { path: '^(libs|apps/(api|cli|collector))/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: '^node_modules' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphan-packages',
      comment: 'Every package is declared',
      severity: 'error',
      from: { path: '^(apps|libs)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|^data/|fixtures/|apps/portal/jest[.]config)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
