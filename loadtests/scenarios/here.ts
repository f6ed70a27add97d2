import exec from 'k6/execution';

let known: typeof exec.scenario | undefined;

/** The scenario that runs. k6 makes its object anew, closures and all, whenever asked; what it says is always of this moment. */
export const here = (): typeof exec.scenario => (known ??= exec.scenario);
