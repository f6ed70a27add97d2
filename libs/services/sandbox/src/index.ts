export { createSandbox, type Sandbox, type SandboxInput } from './sandbox.ts';
export type { SandboxDescription } from './sandbox-files.ts';
export { SandboxError } from './sandbox-error.ts';
