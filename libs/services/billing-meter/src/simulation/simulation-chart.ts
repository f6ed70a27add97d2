import type { SimulatedAmount, SimulatedCustomer } from '@kakunin/billing';
import { formatJst } from '@kakunin/calendar';
import { assumptionText, periodsText } from './assumption-text.ts';
import type { SimulatedMonths } from './simulator.ts';
import { element, textElement } from './svg.ts';
import { yenScale, type YenScale } from './yen-scale.ts';
import { differenceText, yenText } from './yen-text.ts';

/** Bars of more customers could not be told apart; the others are one bar. */
const MOST_BARS = 24;
const MOST_ASSUMPTIONS = 6;
/** What fits into a line, in halves of a full width. */
const LINE = 130;

// Pixels.
const WIDTH = 960;
/** For 32 characters: the longest code. */
const LEFT = 256;
const RIGHT = 270;
const AXIS = WIDTH - LEFT - RIGHT;
const GROUP = 50;
const BAR = 17;
const LINE_HEIGHT = 22;

const INK = '#1c2733';
const FAINT = '#5b6875';
const GRID = '#dfe4e9';
/** Told apart by lightness alone, too. */
const PRESENT = '#a9b4bf';
const SIMULATED = '#14599c';
const FONT = "'BIZ UDPGothic','Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','IPAexGothic',sans-serif";

type Bar = SimulatedAmount & { readonly label: string };

/** A bar for what is due and one for what would be, for each customer, largest first: SVG that needs nothing else. */
export function simulationChart(simulated: SimulatedMonths): string {
  const title = `手数料の試算　${periodsText(simulated.simulations.map(({ period }) => period))}`;
  const bars = barsOf(simulated.customers);
  const scale = yenScale(
    bars.flatMap((bar) => [bar.present, bar.simulated]),
    AXIS,
  );
  const assumptions = assumptionLines(simulated);
  const top = 72 + LINE_HEIGHT * (assumptions.length + 1);
  const height = top + 26 + GROUP * Math.max(bars.length, 1) + 52;
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${WIDTH} ${height}`,
    width: WIDTH,
    height,
    role: 'img',
    'aria-labelledby': 'title description',
    'xml:lang': 'ja',
    'font-family': FONT,
    'font-size': 13,
    fill: INK,
  };
  return `${element(
    'svg',
    attributes,
    textElement('title', { id: 'title' }, title),
    textElement('desc', { id: 'description' }, descriptionOf(simulated, bars)),
    element('rect', { width: WIDTH, height, fill: '#ffffff' }),
    ...headOf(title, assumptions, simulated.total),
    legend(top - 20),
    ...gridOf(scale, { top, bottom: height - 52 }),
    ...bars.map((bar, index) => barGroup(bar, scale, top + 26 + GROUP * index)),
    ...(bars.length === 0 ? [textElement('text', { x: LEFT + 12, y: top + 52, fill: FAINT }, '利用がありません')] : []),
    textElement('text', { x: 24, y: height - 18, fill: FAINT, 'font-size': 12 }, footOf(simulated)),
  )}\n`;
}

function barsOf(customers: readonly SimulatedCustomer[]): readonly Bar[] {
  const largest = [...customers].sort((one, other) => Number(sizeOf(other) - sizeOf(one)));
  const bars = largest.map((customer): Bar => ({ ...customer, label: customer.customer }));
  if (bars.length <= MOST_BARS) return bars;
  const others = bars.slice(MOST_BARS - 1);
  const sum = (part: keyof SimulatedAmount): bigint => others.reduce((total, bar) => total + bar[part], 0n);
  return [
    ...bars.slice(0, MOST_BARS - 1),
    {
      label: `その他 ${others.length} 社`,
      present: sum('present'),
      simulated: sum('simulated'),
      difference: sum('difference'),
    },
  ];
}

const sizeOf = ({ present, simulated }: SimulatedAmount): bigint => (present > simulated ? present : simulated);

function assumptionLines({ assumptions }: SimulatedMonths): readonly string[] {
  if (assumptions.length === 0) return ['前提：現行のまま'];
  const lines = assumptions.slice(0, MOST_ASSUMPTIONS).map((assumption) => `前提：${assumptionText(assumption)}`);
  const more = assumptions.length - lines.length;
  return [...lines.map((line) => shortened(line)), ...(more > 0 ? [`前提：ほか ${more} 件`] : [])];
}

function shortened(text: string): string {
  let width = 0;
  const fitting = [...text].filter((character) => (width += character > '\u00ff' ? 2 : 1) <= LINE);
  return width <= LINE ? text : `${fitting.slice(0, -1).join('')}…`;
}

const headOf = (title: string, assumptions: readonly string[], total: SimulatedAmount): readonly string[] => [
  textElement('text', { x: 24, y: 38, 'font-size': 20, 'font-weight': 700 }, title),
  ...assumptions.map((line, index) => textElement('text', { x: 24, y: 66 + LINE_HEIGHT * index, fill: FAINT }, line)),
  textElement(
    'text',
    { x: 24, y: 68 + LINE_HEIGHT * assumptions.length, 'font-weight': 700 },
    `合計：現行 ${yenText(total.present)} → 試算 ${yenText(total.simulated)}（差額 ${differenceText(total.difference)}）`,
  ),
];

const legend = (y: number): string =>
  element(
    'g',
    {},
    element('rect', { x: WIDTH - 170, y, width: 14, height: 12, fill: PRESENT }),
    textElement('text', { x: WIDTH - 150, y: y + 11 }, '現行'),
    element('rect', { x: WIDTH - 94, y, width: 14, height: 12, fill: SIMULATED }),
    textElement('text', { x: WIDTH - 74, y: y + 11 }, '試算'),
    textElement('text', { x: WIDTH - 24, y: y + 30, fill: FAINT, 'font-size': 11, 'text-anchor': 'end' }, '差額'),
  );

const gridOf = (
  { ticks, position }: YenScale,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): readonly string[] =>
  ticks.flatMap(({ yen, label }) => {
    const x = LEFT + position(yen);
    const stroke = yen === 0 ? FAINT : GRID;
    return [
      element('line', { x1: x, x2: x, y1: top + 16, y2: bottom, stroke }),
      textElement('text', { x, y: top + 10, fill: FAINT, 'font-size': 11, 'text-anchor': 'middle' }, label),
    ];
  });

function barGroup(bar: Bar, scale: YenScale, y: number): string {
  const middle = y + BAR + 5;
  return element(
    'g',
    {},
    textElement('title', {}, textOf(bar)),
    textElement('text', { x: LEFT - 12, y: middle, 'text-anchor': 'end' }, bar.label),
    barOf(bar.present, scale, { y, fill: PRESENT }),
    barOf(bar.simulated, scale, { y: y + BAR + 1, fill: SIMULATED }),
    textElement(
      'text',
      { x: WIDTH - 24, y: middle, 'text-anchor': 'end', 'font-weight': 700 },
      differenceText(bar.difference),
    ),
  );
}

function barOf(yen: bigint, scale: YenScale, { y, fill }: { readonly y: number; readonly fill: string }): string {
  const [zero, end] = [LEFT + scale.position(0), LEFT + scale.position(yen)];
  const [x, width] = [Math.min(zero, end), Math.abs(end - zero)];
  return (
    element('rect', { x, y, width, height: BAR, fill }) +
    textElement('text', { x: x + width + 6, y: y + 13, 'font-size': 12 }, yenText(yen))
  );
}

const textOf = ({ label, present, simulated, difference }: Bar): string =>
  `${label}：現行 ${yenText(present)}、試算 ${yenText(simulated)}、差額 ${differenceText(difference)}`;

const descriptionOf = (simulated: SimulatedMonths, bars: readonly Bar[]): string =>
  [...assumptionLines(simulated), textOf({ label: '合計', ...simulated.total }), ...bars.map(textOf)].join('。');

const footOf = ({ asOf }: SimulatedMonths): string =>
  `消費税を含まない。${asOf === undefined ? '利用はまだ集計されていない。' : `${formatJst(asOf)} までに集計した利用による。`}`;
