import { z } from 'zod';

const common = {
  serviceProvider: z.string(),
  /** By which the service provider knows the person. */
  ppid: z.string(),
  /** Beginning of the day in Japan on which it happened, epoch milliseconds; as it is told. */
  at: z.int().nonnegative(),
};

/**
 * What a service provider is told of a person that it knows, in its own names; beside what it is told of certificates
 * (`LinkageEvent`).
 * - `persons_merged`: its accounts under `ppid` and `alsoKnownAs` are one person's; `ppid` is given from now on
 * - `person_split`: another person used the account under `ppid`, by a mistake that is mended now: check what was done
 * - `ppid_changed`: `previousPpid` is `ppid` now, as the key of the sector was changed
 * - `person_erased`: nobody will be named by `ppid` again
 */
export const personEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('persons_merged'), ...common, alsoKnownAs: z.array(z.string()).min(1) }),
  z.strictObject({ type: z.literal('person_split'), ...common }),
  z.strictObject({ type: z.literal('ppid_changed'), ...common, previousPpid: z.string() }),
  z.strictObject({ type: z.literal('person_erased'), ...common }),
]);
export type PersonEvent = z.infer<typeof personEventSchema>;
