// Bundles one app (the working directory) into dist/main.js: our own sources inside, packages from npm outside where it does
// not count how soon the app is back after a crash.
import { basename, isAbsolute, join } from 'node:path';
import { defineConfig } from 'rolldown';

/** What runs beside main.js in threads and processes of its own, and which apps start it. */
const programs = {
  'ocsp-worker': {
    source: 'libs/services/ocsp-responder/src/worker/worker.ts',
    apps: ['all-in-one', 'benchmarks', 'ocsp-responder'],
  },
  'blind-list-worker': {
    source: 'libs/services/crl-publisher/src/blind-list/blind-list-worker.ts',
    apps: ['all-in-one', 'crl-publisher'],
  },
  'crl-patch-worker': {
    source: 'libs/services/crl-publisher/src/patches/patch-worker.ts',
    apps: ['all-in-one', 'crl-publisher'],
  },
  'evaluation-worker': {
    source: 'libs/services/linkage-registry/src/matchings/evaluation-worker.ts',
    apps: ['all-in-one', 'linkage-registry'],
  },
  'pkcs11-token': {
    source: 'libs/platform/signing-keys/src/pkcs11/token-main.ts',
    apps: ['all-in-one', 'crl-publisher', 'linkage-registry', 'ocsp-responder'],
  },
};

const app = basename(process.cwd());

/** Reading the 1,700 files of its packages takes three quarters of the CPU with which a responder starts. */
const isWhole = app === 'ocsp-responder';
/** What has files of its own beside its code, or is no package of ours and optional to one that is. */
const OUTSIDE = [
  '@platformatic/',
  'pkcs11js',
  'pg-native',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  '@nats-io/',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  '@grpc/',
  'class-',
  'ioredis',
  'kafkajs',
  'mqtt',
  'amqp',
];
const OURS = ['.', '@kakunin/', '@oxc-project/runtime'];
const begins = (id, names) => names.some((name) => id.startsWith(name));
const beside = Object.entries(programs).filter(([, { apps }]) => apps.includes(app));
const sources = beside.map(([name, { source }]) => [name, join(import.meta.dirname, source)]);

export default defineConfig({
  input: { main: 'src/main.ts', ...Object.fromEntries(sources) },
  platform: 'node',
  external: (id) => !isAbsolute(id) && (isWhole ? begins(id, OUTSIDE) : !begins(id, OURS)),
  // A package that is taken in has another entry for those that require it.
  resolve: {
    conditionNames: ['@kakunin/source', 'node', ...(isWhole ? [] : ['import'])],
    tsconfigFilename: 'tsconfig.json',
  },
  transform: { target: 'node24' },
  output: { dir: 'dist', format: 'esm', sourcemap: true, entryFileNames: '[name].js' },
});
