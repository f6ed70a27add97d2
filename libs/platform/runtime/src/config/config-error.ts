/** Every option that is missing or wrong, one a line, each with what to do. */
export class ConfigError extends Error {
  readonly code = 'invalid_configuration';
  readonly problems: readonly string[];

  constructor(service: string, problems: readonly string[]) {
    super(`The configuration of ${service} is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
