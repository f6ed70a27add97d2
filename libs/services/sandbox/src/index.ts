export { createSandbox, type Sandbox } from './sandbox.ts';
export type { SandboxDescription } from './sandbox-files.ts';
