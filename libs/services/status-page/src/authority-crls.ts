import type { CrlDescriptor, CrlManifest, ListedBlindList } from '@kakunin/publication';

/** The newest CRL of a scope, and its delta. */
export interface ScopeCrls {
  readonly complete?: CrlDescriptor;
  readonly delta?: CrlDescriptor;
}

/** What is published of one authority. */
export interface AuthorityCrls extends ScopeCrls {
  /** Any of its CRLs: it says whose they all are. */
  readonly any: CrlDescriptor;
  readonly blindList: ListedBlindList | undefined;
  /** By label, in the order of the manifest. */
  readonly partitions: ReadonlyMap<string, ScopeCrls>;
}

/** Whose each file of the manifest is, authority by authority. */
export function byAuthority({ crls, blindLists = [] }: CrlManifest): readonly AuthorityCrls[] {
  const groups = Map.groupBy(crls, ({ authorityId }) => authorityId);
  return [...groups.values()].map((own) => {
    const partitions = Map.groupBy(own, ({ partition }) => partition);
    const whole = partitions.get(undefined) ?? [];
    partitions.delete(undefined);
    const labelled = [...partitions].map(([label = '', listed]) => [label, scopeOf(listed)] as const);
    const any = own[0]!;
    const blindList = blindLists.find(({ authorityId }) => authorityId === any.authorityId);
    return { any, ...scopeOf(whole), blindList, partitions: new Map(labelled) };
  });
}

const scopeOf = (crls: readonly CrlDescriptor[]): ScopeCrls =>
  Object.fromEntries(crls.map((crl) => [crl.kind, crl] as const));
