import { defineConfig } from 'prisma/config';

// `generate` and `validate` need no schema engine, but the CLI downloads one unless it is given a file: any executable will do.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
