import { assumed, everyLevel, marked, solved, sourced } from './figure.ts';
import type { ByLevel, Figure } from './figure.ts';
import type { HourProfile } from './hours.ts';
import { NATION } from './nation.ts';
import { SOURCES } from './sources.ts';

/** What certificates are checked for. */
export const USE_CASES = ['health', 'tax', 'convenienceStores', 'government', 'private'] as const;

export type UseCaseName = (typeof USE_CASES)[number];

/** A use of the system. Checks a month are the product of `checksAMonth`; a year's figures carry a factor of a twelfth. */
export interface UseCase {
  /** As an office reads it, in Japanese and in English. */
  readonly label: { readonly ja: string; readonly en: string };
  readonly checksAMonth: readonly ByLevel<Figure>[];
  /** Of its checks, those of signature certificates; the others are of user authentication certificates. */
  readonly signatureShare: Figure;
  /** How many times a mean day the day of the level's peak is. */
  readonly dayFactor: ByLevel<Figure>;
  readonly hours: HourProfile;
}

const aTwelfth = everyLevel(assumed(1 / 12, 'share', 'Twelve months a year; a season is in the factor of the day.'));

const factors = (because: string, [low, mid, high]: readonly [number, number, number]): ByLevel<Figure> => ({
  low: assumed(low, 'times', because),
  mid: assumed(mid, 'times', because),
  high: assumed(high, 'times', because),
});

const health: UseCase = {
  label: { ja: '健康保険の資格確認', en: 'health insurance' },
  checksAMonth: [
    {
      low: sourced(231_580_000, 'events a month', SOURCES.eligibilityMay2025),
      mid: sourced(231_580_000, 'events a month', SOURCES.eligibilityMay2025),
      high: sourced(246_000_000, 'events a month', SOURCES.eligibilityJuly2024),
    },
    {
      low: sourced(0.293, 'share', SOURCES.eligibilityMay2025),
      mid: assumed(0.9, 'share', 'Paper insurance cards have ended; a tenth shows a 資格確認書.'),
      high: assumed(1, 'share', 'Everybody shows a card or a telephone.'),
    },
    everyLevel(assumed(1, 'checks', 'One check of the user authentication certificate each time.')),
  ],
  signatureShare: assumed(0, 'share', 'Patients authenticate; they sign nothing.'),
  dayFactor: factors('A Monday; the first day after a long holiday; the same in an epidemic.', [1.4, 1.7, 2.5]),
  hours: 'clinic',
};

const tax: UseCase = {
  label: { ja: '所得税の申告（e-Tax）', en: 'income tax (e-Tax)' },
  checksAMonth: [
    everyLevel(sourced(17_319_000, 'events a year', SOURCES.incomeTax)),
    aTwelfth,
    factors('Returns signed with a card; the others by password or tax accountant.', [0.5, 0.75, 1]),
    everyLevel(assumed(2, 'checks', 'One log-in, one signature.')),
  ],
  signatureShare: assumed(0.5, 'share', 'One log-in, one signature.'),
  dayFactor: factors('Out of season; in season; the last day of it.', [1, 6, 25]),
  hours: 'taxpayer',
};

const convenienceStores: UseCase = {
  label: { ja: '証明書のコンビニ交付', en: 'certificates at convenience stores' },
  checksAMonth: [
    everyLevel(sourced(31_890_000, 'events a year', SOURCES.convenienceStores)),
    aTwelfth,
    factors('It grew by half from one year to the next.', [1, 1.5, 3]),
  ],
  signatureShare: assumed(0, 'share', 'The kiosk asks for the user authentication certificate.'),
  dayFactor: factors('A weekday; end of a month; the weeks of moving in March.', [1.2, 1.4, 1.6]),
  hours: 'kiosk',
};

const government: UseCase = {
  label: { ja: '行政サービスへのログイン', en: 'government log-ins' },
  checksAMonth: [
    everyLevel(NATION.cards),
    factors('Log-ins a card and month: three a year or so; ten a year; weekly.', [0.3, 0.8, 4]),
  ],
  signatureShare: assumed(0.1, 'share', 'One log-in in ten ends with a signed application.'),
  dayFactor: factors('A weekday; a benefit is announced; a deadline.', [1.2, 1.5, 3]),
  hours: 'online',
};

const privateUse: UseCase = {
  label: { ja: '民間サービス', en: 'private services' },
  checksAMonth: [
    NATION.relyingParties,
    {
      low: solved(39_260, 'events a month', { because: 'Checks a relying party.', solvedFor: '153 M checks a month' }),
      mid: solved(42_847, 'events a month', { because: 'Checks a relying party.', solvedFor: '406 M checks a month' }),
      high: solved(233_658, 'events a month', {
        because: 'Checks a relying party, where the certificate is a daily log-in.',
        solvedFor: '1,872 M checks a month',
      }),
    },
  ],
  signatureShare: assumed(0.4, 'share', 'Accounts are opened with a signature, and used with authentication.'),
  dayFactor: factors('A weekday; pay day; the last day of a campaign.', [1.1, 1.3, 3]),
  hours: 'online',
};

/** What makes each use's checks. */
export const USES: Readonly<Record<UseCaseName, UseCase>> = marked({
  health,
  tax,
  convenienceStores,
  government,
  private: privateUse,
});

/** The busiest second against the mean of its hour, over all uses. */
export const BURST: ByLevel<Figure> = marked({
  low: solved(3.1451, 'times', { because: 'Doors open, and callers repeat what was slow.', solvedFor: '627 checks/s' }),
  mid: solved(3.4269, 'times', { because: 'The same, after a long holiday.', solvedFor: '2,384 checks/s' }),
  high: solved(3.98427, 'times', {
    because: 'The same, while people come back from an outage elsewhere, and machines ask on the minute.',
    solvedFor: '16,064 checks/s',
  }),
});
