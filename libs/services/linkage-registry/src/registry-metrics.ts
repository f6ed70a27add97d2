import { METRICS } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';

/** What the registry counts; labels are codes, none is personal. */
@Injectable()
export class RegistryMetrics {
  /** By `outcome`: `imported`, `unchanged`, or the code of the refusal. */
  readonly registrations: Counter<'outcome'>;
  /** By `change`: as in linkage events, without `certificate_`. */
  readonly statusChanges: Counter<'change'>;
  /** By `outcome`: `identified`, `not_identifiable`. */
  readonly identifications: Counter<'outcome'>;
  /** Each is one commit, and one piece of the audit chain. */
  readonly identificationGroups: Counter;
  /** Each is one commit of what was said of certificates of one authority. */
  readonly certificateGroups: Counter;
  /** By `of`: `certificates`, `identifications`. */
  readonly busyRefusals: Counter<'of'>;

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    this.registrations = new Counter({
      name: 'kakunin_registry_registrations_total',
      help: 'Certificates that CAs registered or imported, by outcome.',
      labelNames: ['outcome'],
      registers,
    });
    this.statusChanges = new Counter({
      name: 'kakunin_registry_status_changes_total',
      help: 'Single certificates that were revoked, held or released.',
      labelNames: ['change'],
      registers,
    });
    this.identifications = new Counter({
      name: 'kakunin_registry_identifications_total',
      help: 'Identifications that platform providers asked for, by outcome.',
      labelNames: ['outcome'],
      registers,
    });
    this.identificationGroups = new Counter({
      name: 'kakunin_registry_identification_groups_total',
      help: 'Transactions in which identifications were written, several in each when many come at once.',
      registers,
    });
    this.certificateGroups = new Counter({
      name: 'kakunin_registry_certificate_groups_total',
      help: 'Transactions in which certificates were registered, revoked, held or released, several in each when many come at once.',
      registers,
    });
    this.busyRefusals = new Counter({
      name: 'kakunin_registry_busy_refusals_total',
      help: 'Calls that were refused with database_busy, as what came before them was not written in time, by what they were.',
      labelNames: ['of'],
      registers,
    });
    for (const of of ['certificates', 'identifications'] as const) this.busyRefusals.inc({ of }, 0);
  }
}
