import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../vitest.config.ts';

// k6 runs these folders as they lie, so there is no `src`.
export default mergeConfig(shared, defineConfig({ test: { include: ['model/**/*.test.ts'] } }));
