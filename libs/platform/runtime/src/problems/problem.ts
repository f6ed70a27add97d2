import type { Provider } from '@nestjs/common';

/** Status and title of an error code; the error's message becomes the detail. */
export interface ProblemMapping {
  readonly status: number;
  readonly title: string;
}

export type ProblemMappings = Readonly<Record<string, ProblemMapping>>;

/** RFC 9457 problem details, with our `code` as an extension member that programs can rely on. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
}

export const problemOf = ({ status, code, title, detail }: Omit<Problem, 'type'>): Problem => ({
  type: `urn:kakunin:problem:${code}`,
  title,
  status,
  code,
  ...(detail !== undefined && { detail }),
});

/** Collects the mappings of all modules of a service: a `Map` by error code. */
export const PROBLEMS = Symbol('problems');

/** Registers which error codes of a module are problems, and of what kind. */
export const provideProblems = (mappings: ProblemMappings): Provider => ({
  provide: Symbol('problem-mappings'),
  inject: [PROBLEMS],
  useFactory: (all: Map<string, ProblemMapping>) => {
    for (const [code, mapping] of Object.entries(mappings)) all.set(code, mapping);
    return mappings;
  },
});

/** Codes of the platform, the same everywhere. */
export const PLATFORM_PROBLEMS: ProblemMappings = {
  database_unavailable: { status: 503, title: 'The database is away' },
  unavailable: { status: 503, title: 'The event log is away' },
};
