// Nx plugin: every project gets its targets and its ring's tag from where it lies, so that no project repeats them.
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const RINGS = [
  ['libs/domain/', 'ring:domain'],
  ['libs/platform/', 'ring:platform'],
  ['libs/services/', 'ring:services'],
  ['libs/client', 'ring:client'],
  ['libs/testing', 'ring:testing'],
  ['apps/', 'ring:apps'],
  ['e2e', 'ring:e2e'],
  ['benchmarks', 'ring:e2e'],
  ['loadtests', 'ring:e2e'],
];

const APPS = ['all-in-one', 'linkage-registry', 'ocsp-responder', 'crl-publisher', 'billing-meter']
  .map((app) => `@kakunin/${app}-app`)
  .concat('kakunin');

const CLIENT = '@kakunin/client';

/** What the end-to-end tests and load campaigns run and check without importing it. */
const WHOLE = ['apps', 'libs', 'deploy'].map((folder) => `{workspaceRoot}/${folder}/**/*`);
const RUNS_BUNDLES = ['e2e', 'loadtests'];

/** Their files, which start systems of their own and wait for them, run two at a time: alone at the end, one would leave a core idle. */
const WORKERS = { e2e: ' --maxWorkers=2' };

/**
 * Targets shared by all projects: `typecheck`, `lint`, `test`; `build` for apps and for whatever has a rolldown.config.mjs of
 * its own; `generate` where there is a Prisma schema.
 */
function targetsOf(root, workspaceRoot) {
  const has = (path) => existsSync(join(workspaceRoot, root, path));
  const generates = has('prisma/schema.prisma');
  const isPackage = has('rolldown.config.mjs');
  // A project's own sources and those of everything that it imports.
  const inputs = ['sources', '^sources'];
  const dependsOn = ['generate', '^generate'];
  const target = (command, extra = {}) => ({ command, cache: true, inputs, dependsOn, ...extra });
  const inRoot = { options: { cwd: root } };
  return {
    typecheck: target(`node node_modules/typescript7/bin/tsc --noEmit -p ${root}/tsconfig.json`),
    lint: target(`eslint ${root}`, { inputs: ['sources', '^sources', '{workspaceRoot}/eslint.config.mjs'] }),
    test: target(`vitest run --root ${root} --config ${relative(root, 'vitest.config.ts')}${WORKERS[root] ?? ''}`, {
      inputs: [
        ...inputs,
        '{workspaceRoot}/vitest.config.ts',
        // Tests hold documents to the code.
        '{workspaceRoot}/docs/**/*',
        '{workspaceRoot}/testdata/**/*',
        ...(RUNS_BUNDLES.includes(root) ? WHOLE : []),
      ],
      outputs: ['{projectRoot}/test-results.json'],
      // The end-to-end tests run the bundles, as users do; the tests of a package install it.
      ...(RUNS_BUNDLES.includes(root) && {
        dependsOn: [...dependsOn, { projects: [...APPS, CLIENT], target: 'build' }],
      }),
      ...(isPackage && { dependsOn: [...dependsOn, 'build'] }),
    }),
    ...((root.startsWith('apps/') || root === 'benchmarks' || isPackage) && {
      build: target(`rolldown -c ${isPackage ? 'rolldown.config.mjs' : relative(root, 'rolldown.config.mjs')}`, {
        ...inRoot,
        inputs: [...inputs, '{workspaceRoot}/rolldown.config.mjs', '{workspaceRoot}/LICENSE'],
        outputs: ['{projectRoot}/dist'],
      }),
    }),
    ...(generates && {
      generate: {
        command: 'prisma generate',
        ...inRoot,
        cache: true,
        inputs: ['{projectRoot}/prisma/schema.prisma', '{projectRoot}/prisma.config.ts', 'workspace'],
        outputs: ['{projectRoot}/src/generated'],
      },
    }),
  };
}

export const createNodesV2 = [
  '{apps,libs}/**/package.json',
  (files, _options, { workspaceRoot }) =>
    [...files, 'e2e/package.json', 'benchmarks/package.json', 'loadtests/package.json'].map((file) => {
      const root = dirname(file);
      const ring = RINGS.find(([prefix]) => root.startsWith(prefix));
      return [
        file,
        {
          projects: {
            [root]: {
              root,
              projectType: root.startsWith('apps/') ? 'application' : 'library',
              tags: ring ? [ring[1]] : [],
              targets: targetsOf(root, workspaceRoot),
            },
          },
        },
      ];
    }),
];
