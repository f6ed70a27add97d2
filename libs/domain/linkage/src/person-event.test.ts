import { expect, it } from 'vitest';
import { personEventSchema } from './person-event.ts';

const common = { serviceProvider: 'sp-a', ppid: '14ED7T39Z3EZ3N65EVR0Y5BC1HGPVC2VHH', at: 1 };

it.each([
  [true, { type: 'persons_merged', ...common, alsoKnownAs: ['1C7QPYN0J6E62ZZ9SWM50CHE7NW35VMD6X'] }],
  [true, { type: 'person_split', ...common }],
  [true, { type: 'ppid_changed', ...common, previousPpid: '1C7QPYN0J6E62ZZ9SWM50CHE7NW35VMD6X' }],
  [true, { type: 'person_erased', ...common }],
  [false, { type: 'persons_merged', ...common, alsoKnownAs: [] }],
  [false, { type: 'person_erased', ...common, certificate: '7' }],
  [false, { type: 'person_born', ...common }],
])('%s: %j', (valid, event) => expect(personEventSchema.safeParse(event).success).toBe(valid));
