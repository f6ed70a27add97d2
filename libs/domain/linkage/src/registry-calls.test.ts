import { type Role, ROLES } from '@kakunin/relying-parties';
import { describe, expect, it } from 'vitest';
import { CLOSED_CALLS, mayCall, REGISTRY_CALLS, type RegistryCall } from './registry-calls.ts';

/** As an auditor would write it: one row a call, one column a role. */
const TABLE = `
                              PF CA finance operator SP serial_recipient auditor
read_authorities              .  x  .       x        .  .                .
register_authority            .  x  .       x        .  .                .
register_certificates         .  x  .       x        .  .                .
change_certificate_status     .  x  .       x        .  .                .
allot_serial_numbers          .  x  .       .        .  .                .
rotate_sealing_key            .  x  .       .        .  .                .
merge_or_split_persons        .  x  .       x        .  .                .
erase_person                  .  x  .       x        .  .                .
administer_relying_parties    .  .  .       x        .  .                .
administer_quotas             .  .  .       x        .  .                .
lift_probing_block            .  .  .       x        .  .                .
resolve_dead_letters          .  .  .       x        .  .                .
rotate_sector_key             .  .  .       x        .  .                .
administer_sectors            .  .  .       x        .  .                .
administer_keys               .  .  .       x        .  .                .
request_challenge             x  .  .       .        x  .                .
identify                      x  .  .       .        x  .                .
receive_serial_number         .  .  .       .        .  x                .
read_linkage_events           x  .  .       .        x  .                .
administer_webhooks           x  .  .       .        x  .                .
read_ppid_map                 x  .  .       .        x  .                .
consent_to_sector_merge       x  .  .       .        x  .                .
issue_translation             x  .  .       .        x  .                .
redeem_translation            x  .  .       .        x  .                .
match_in_bulk                 x  .  .       .        x  .                .
register_derived_credential   x  .  .       .        x  .                .
show_holder_view              x  .  .       .        x  .                .
read_audit_log                .  .  .       .        .  .                x
`;
const rows = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((row) => row.split(/ +/) as [RegistryCall, ...string[]]);
const cells = rows.flatMap(([call, ...marks]) =>
  ROLES.map((role, column): [RegistryCall, Role, boolean] => [call, role, marks[column] === 'x']),
);

describe('who may call what', () => {
  it.each(cells)('%s by %s: %s', (call, role, may) => {
    expect(mayCall(call, new Set([role]), CLOSED_CALLS)).toBe(may);
    expect(mayCall(call, new Set([role]))).toBe(may && !CLOSED_CALLS.has(call));
  });

  it('is all in the table', () => {
    expect(rows.map(([call]) => call)).toEqual(Object.keys(REGISTRY_CALLS));
    expect(rows.every((row) => row.length === 1 + ROLES.length)).toBe(true);
  });

  it('denies whoever has no role, and what is no call', () => {
    for (const [call] of rows) expect(mayCall(call, new Set(), CLOSED_CALLS)).toBe(false);
    for (const call of ['constructor', 'toString', 'anything'] as unknown as RegistryCall[]) {
      expect(mayCall(call, new Set(ROLES), new Set([call]))).toBe(false);
    }
  });

  it('lets nobody hold the register of serial numbers and the names of persons by one role', () => {
    const namers: readonly Role[] = REGISTRY_CALLS.identify;
    const feeders: readonly Role[] = REGISTRY_CALLS.register_certificates;
    expect(namers.filter((role) => feeders.includes(role))).toEqual([]);
  });
});
