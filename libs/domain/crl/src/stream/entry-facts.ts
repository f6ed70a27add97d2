/**
 * What was seen among the entries of a CRL, one bit each, so that reading millions of them costs nothing beside: lints ask
 * for it afterwards.
 */
export const ENTRY_FACT = {
  /** A serial number is negative, or longer than 20 octets. */
  serialOutOfRange: 0x01,
  /** An entry does not come behind the one before it, by serial number. */
  outOfOrder: 0x02,
  /** A revocationDate that should be UTCTime is GeneralizedTime. */
  needlessGeneralizedTime: 0x04,
  /** A list of entry extensions is there and empty. */
  emptyExtensions: 0x08,
  statesUnspecified: 0x10,
  statesRemoveFromCrl: 0x20,
  /** reasonCode or invalidityDate is critical. */
  criticalDetail: 0x40,
  /** certificateIssuer: the CRL is indirect. */
  certificateIssuer: 0x80,
  /** An extension that is critical and not of RFC 5280, 5.3. */
  unknownCritical: 0x100,
} as const;
