import { STATUS_CODES } from 'node:http';
import type { Provider } from '@nestjs/common';

export const PROBLEM_JSON = 'application/problem+json';

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

/** Codes of what is refused before a handler sees it; `detail` stands for the framework's words where those say too little. */
const REFUSALS: Readonly<Record<number, { readonly code: string; readonly detail?: string }>> = {
  404: { code: 'not_found' },
  405: { code: 'method_not_allowed' },
  413: { code: 'body_too_large', detail: 'The body is larger than this call takes: send less at once.' },
  414: { code: 'path_too_long', detail: 'The path is too long: send what it holds in the body of a POST.' },
  415: { code: 'unsupported_media_type' },
};

/** A request that HTTP itself refuses. @param status 4xx */
export const refusal = (status: number, detail: string): Problem =>
  problemOf({
    status,
    code: REFUSALS[status]?.code ?? 'invalid_request',
    title: STATUS_CODES[status] ?? 'Refused',
    detail: REFUSALS[status]?.detail ?? detail,
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
  database_busy: { status: 503, title: 'The database has too much to do' },
  unavailable: { status: 503, title: 'The event log is away' },
};
