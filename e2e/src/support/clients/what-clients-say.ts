/** As all clients of this folder say it. */
export const revoked = (reason: string, instant: number): string =>
  `revoked ${reason} ${new Date(instant).toISOString().replace('.000Z', 'Z')}`;
