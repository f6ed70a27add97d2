import { afterEach, beforeEach, describe, it } from 'vitest';
import { appendPromises, topicPromises } from './append.ts';
import { closingPromises, outagePromises } from './faults.ts';
import { groupPromises } from './group.ts';
import { positionPromises } from './positions.ts';
import { type EventLogUnderTest, type Promises, Scene } from './scene.ts';

/**
 * The promises of the port `EventLog`, checked against a real adapter. Call it within a `describe` of its own.
 * `outages: false` is for a log that the suite may not take away: a broker that was given, say.
 */
export function eventLogContract(
  underTest: () => EventLogUnderTest,
  options: { readonly outages?: boolean } = {},
): void {
  let scene: Scene;
  beforeEach(() => void (scene = new Scene(underTest())));
  afterEach(() => scene.close());

  const check = (subject: string, promises: Promises): void => {
    describe(subject, () => {
      for (const [promise, keep] of Object.entries(promises)) it(promise, () => keep(scene));
    });
  };
  check('append', appendPromises);
  check('createTopics', topicPromises);
  check('a group', groupPromises);
  check('a subscriber that knows its positions', positionPromises);
  check('closing', closingPromises);
  if (options.outages ?? true) check('an outage', outagePromises);
}
