import type { Role } from '@kakunin/relying-parties';

/** Who may call what. A role that is not listed is refused; so is a call that is not. */
export const REGISTRY_CALLS = {
  read_authorities: ['certificate_authority', 'operator'],
  register_authority: ['certificate_authority', 'operator'],
  register_certificates: ['certificate_authority', 'operator'],
  change_certificate_status: ['certificate_authority', 'operator'],
  allot_serial_numbers: ['certificate_authority'],
  rotate_sealing_key: ['certificate_authority'],
  merge_or_split_persons: ['certificate_authority', 'operator'],
  erase_person: ['certificate_authority', 'operator'],
  administer_relying_parties: ['operator'],
  administer_quotas: ['operator'],
  lift_probing_block: ['operator'],
  resolve_dead_letters: ['operator'],
  rotate_sector_key: ['operator'],
  /** Who may share a sector, and by which key it consents. */
  administer_sectors: ['operator'],
  administer_keys: ['operator'],
  request_challenge: ['platform_provider', 'service_provider'],
  identify: ['platform_provider', 'service_provider'],
  receive_serial_number: ['serial_recipient'],
  read_linkage_events: ['platform_provider', 'service_provider'],
  administer_webhooks: ['platform_provider', 'service_provider'],
  read_ppid_map: ['platform_provider', 'service_provider'],
  consent_to_sector_merge: ['platform_provider', 'service_provider'],
  issue_translation: ['platform_provider', 'service_provider'],
  redeem_translation: ['platform_provider', 'service_provider'],
  match_in_bulk: ['platform_provider', 'service_provider'],
  register_derived_credential: ['platform_provider', 'service_provider'],
  /** The holder has no credential with us: whoever he shows his certificate to asks for him, with his proof. */
  show_holder_view: ['platform_provider', 'service_provider'],
  read_audit_log: ['auditor'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;
export type RegistryCall = keyof typeof REGISTRY_CALLS;

/** Closed to everybody, the roles above included, until the operator opens them and names the legal ground. */
export const CLOSED_CALLS: ReadonlySet<RegistryCall> = new Set(['receive_serial_number', 'match_in_bulk']);

/**
 * Whether somebody with these roles may make a call.
 * @param opened of {@link CLOSED_CALLS} those that the operator has opened
 */
export function mayCall(
  call: RegistryCall,
  roles: ReadonlySet<Role>,
  opened: ReadonlySet<RegistryCall> = new Set(),
): boolean {
  if (!Object.hasOwn(REGISTRY_CALLS, call) || (CLOSED_CALLS.has(call) && !opened.has(call))) return false;
  return REGISTRY_CALLS[call].some((role) => roles.has(role));
}
