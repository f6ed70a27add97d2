import { assumed, everyLevel, marked, solved, sourced } from './figure.ts';
import { SOURCES } from './sources.ts';

/** The people, their cards and certificates, and who relies on them. */
export const NATION = marked({
  population: sourced(124_330_690, 'people', SOURCES.population),
  cards: sourced(100_029_804, 'cards', SOURCES.cards),
  daysAMonth: assumed(30, 'days', 'The model reckons with months of 30 days.'),
  daysAYear: assumed(365, 'days', 'A year that is no leap year.'),
  certificatesInForceACard: solved(1.6495, 'certificates', {
    because:
      'Two families a card, less people under 15 and whoever moved and never had the signature certificate issued again, more for smartphones.',
    solvedFor: '200 M issued certificates, the 35 M that are revoked and not expired among them',
  }),
  families: assumed(2, 'families', 'Signature (署名用) and user authentication (利用者証明用).'),
  partitionsAFamily: assumed(1890, 'partitions', 'The design: about one CRL a municipality or ward.'),
  platformProviders: everyLevel(assumed(25, 'relying parties', 'The design: accredited PF providers.')),
  relyingParties: {
    low: assumed(1300, 'relying parties', 'The design, for 2026. Published: 626 private ones on 2024-11-19.'),
    mid: assumed(2600, 'relying parties', 'Twofold in two years.'),
    high: assumed(5200, 'relying parties', 'Twofold once more.'),
  },
  privateRelyingPartiesIn2024: sourced(626, 'relying parties', SOURCES.relyingParties),
});
