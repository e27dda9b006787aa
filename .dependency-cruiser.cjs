// @ts-check
// The rules of ARCHITECTURE.md that `npm run layers` enforces.

const { builtinModules } = require('node:module');

/** The folders of engine/src from the bottom up; those of one layer stand in one line. */
const layers = [
  ['base'],
  ['metamodel'],
  ['expression'],
  ['compiler'],
  ['storage'],
  ['records'],
  ['ledger'],
  ['workflow', 'reports', 'exchange', 'prints'],
  ['access'],
  ['runtime'],
  ['api'],
];
/** What stands above the layers: engine/src/cli and the files directly in engine/src. */
const above = '^engine/src/(cli/|[^/]+$)';
/** Tests, and what they share: `test-….ts` beside them. */
const test = '(\\.test|/test-[a-z-]+)\\.ts$';
const nodeBuiltin = `^(node:)?(${builtinModules.join('|')})$`;

/** @param {readonly string[]} folders */
const within = (folders) => `^engine/src/(${folders.join('|')})/`;

/** @param {string} names */
const packages = (names) => `(^|node_modules/)(${names})(/|$)`;

const importsPointDown = layers.map((folders, number) => ({
  name: `layer-${number}-imports-down`,
  comment: `${folders.join(', ')} may import layers 0 to ${number}, types included.`,
  severity: 'error',
  from: { path: within(folders) },
  to: {
    path: [
      within([...layers.slice(number + 1).flat(), 'nothing']),
      above,
      '^(runtime-ui|designer|bench|tests|scripts)/',
    ],
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...importsPointDown,
    {
      name: 'known-folders',
      comment: 'A folder of engine/src has a layer: name it in .dependency-cruiser.cjs.',
      severity: 'error',
      from: {},
      to: { path: '^engine/src/[^/]+/', pathNot: [within(layers.flat()), above] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'listed-packages',
      comment: 'A package is imported by the workspace that lists it.',
      severity: 'error',
      from: { path: '^(engine|runtime-ui|designer)/src/', pathNot: test },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-node-below-storage',
      comment: 'Layers 0 to 3 do no I/O and run in the browser; the log is the exception.',
      severity: 'error',
      from: { path: within(layers.slice(0, 4).flat()), pathNot: [test, '^engine/src/base/log\\.ts$'] },
      to: { path: nodeBuiltin },
    },
    {
      name: 'no-log-below-storage',
      comment: 'The log writes: layers 1 to 3 answer with diagnostics instead.',
      severity: 'error',
      from: { path: within(layers.slice(1, 4).flat()) },
      to: { path: '^engine/src/base/log\\.ts$' },
    },
    {
      name: 'drivers-in-storage',
      severity: 'error',
      from: { path: '^(engine/src|runtime-ui)/', pathNot: '^engine/src/storage/' },
      to: { path: [packages('mysql2|@photostructure/sqlite|ioredis|knex'), '^(node:)?sqlite$'] },
    },
    {
      name: 'koa-in-api',
      severity: 'error',
      from: { path: '^engine/src/', pathNot: '^engine/src/api/' },
      to: { path: packages('koa|koa-[a-z-]+|@koa/[a-z-]+|@types/koa[a-z-]*') },
    },
    {
      name: 'migrations-know-storage',
      comment: 'Migrations may use what storage and the layers below it offer.',
      severity: 'error',
      from: { path: '^migrations/', pathNot: test },
      to: { path: [within(layers.slice(5).flat()), above] },
    },
    {
      name: 'web-shares-pure-code',
      comment: 'The web application shares with the server what runs in a browser.',
      severity: 'error',
      from: { path: '^runtime-ui/' },
      to: {
        path: '^(engine|migrations|bench|tests|scripts)/',
        pathNot: '^engine/src/(base/decimal\\.ts$|metamodel/|expression/|compiler/|records/compute\\.ts$)',
      },
    },
    {
      name: 'designer-shares-pure-code',
      comment: 'The designer shares with the server what runs in a browser, and with the web application its parts.',
      severity: 'error',
      from: { path: '^designer/' },
      to: {
        path: '^(engine|migrations|bench|tests|scripts)/',
        pathNot: '^engine/src/(base/decimal\\.ts$|metamodel/|expression/|compiler/|records/compute\\.ts$)',
      },
    },
    {
      name: 'designer-above-web',
      comment: 'The web application knows nothing of the designer.',
      severity: 'error',
      from: { path: '^runtime-ui/' },
      to: { path: '^designer/' },
    },
    {
      name: 'web-reaches-no-node',
      severity: 'error',
      from: { path: '^(runtime-ui|designer)/src/', pathNot: test },
      to: { path: nodeBuiltin, reachable: true },
    },
    {
      name: 'no-tests-in-program',
      severity: 'error',
      from: { pathNot: [test, '^tests/'] },
      to: { path: test },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(engine|runtime-ui|designer)/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.vue', '.js', '.json', '.d.ts'],
    },
  },
};
