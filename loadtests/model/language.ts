/** The languages that the model is printed in. */
export const LANGUAGES = ['ja', 'en'] as const;

export type Language = (typeof LANGUAGES)[number];

/** A text in each of them. */
export type Words = Readonly<Record<Language, string>>;

/** The levels, as offices call them. */
export const LEVEL_WORDS = {
  low: { ja: '低位', en: 'low' },
  mid: { ja: '中位', en: 'mid' },
  high: { ja: '高位', en: 'high' },
} as const satisfies Record<string, Words>;
