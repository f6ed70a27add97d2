import { SeededChance } from './seeded-chance.ts';

/** Octets on which readers of lengths and tags stumble. */
const TELLING_OCTETS = [0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x0a, 0x30, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xa2, 0xff];
const MOST_MUTATIONS = 4;
const MOST_GARBAGE_OCTETS = 64;
const MOST_NESTING = 40;

/** Where an element begins, where its content does, and where it ends. */
interface Element {
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

type Mutation = (message: Buffer, chance: SeededChance, corpus: readonly Uint8Array[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  setTellingOctet,
  truncate,
  changeLength,
  stretchLength,
  duplicateElement,
  dropElement,
  copyElement,
  splice,
  insertGarbage,
  nest,
];

/** Damages messages at random, and so that more than the first octet of a reader is reached. */
export class Mutator {
  readonly #chance: SeededChance;
  readonly #corpus: readonly Uint8Array[];

  /** @param corpus well-formed messages, at least one */
  constructor(seed: number, corpus: readonly Uint8Array[]) {
    this.#chance = new SeededChance(seed);
    this.#corpus = corpus;
  }

  /** Another message of the corpus with one to four things done to it. */
  next(): Buffer {
    let message: Buffer = Buffer.from(this.#chance.pick(this.#corpus));
    const mutations = 1 + this.#chance.below(MOST_MUTATIONS);
    for (let count = 0; count < mutations; count++)
      message = this.#chance.pick(MUTATIONS)(message, this.#chance, this.#corpus);
    return message;
  }
}

function flipBit(message: Buffer, chance: SeededChance): Buffer {
  if (message.length > 0) message[chance.below(message.length)]! ^= 1 << chance.below(8);
  return message;
}

function setTellingOctet(message: Buffer, chance: SeededChance): Buffer {
  if (message.length > 0) message[chance.below(message.length)] = chance.pick(TELLING_OCTETS);
  return message;
}

function truncate(message: Buffer, chance: SeededChance): Buffer {
  return message.subarray(0, chance.below(message.length + 1));
}

/** The length octet of an element says a little more, a little less, or something telling. */
function changeLength(message: Buffer, chance: SeededChance): Buffer {
  const at = chance.pick(elementsOf(message)).start + 1;
  if (at >= message.length) return message;
  message[at] = chance.pick([message[at]! + 1, message[at]! - 1, chance.pick(TELLING_OCTETS)]);
  return message;
}

/** A length in more octets than it needs, or indefinite, or larger than anything. */
function stretchLength(message: Buffer, chance: SeededChance): Buffer {
  const { start, content, end } = chance.pick(elementsOf(message));
  const length = end - content;
  const forms = [
    [0x81, length],
    [0x82, length >> 8, length],
    [0x84, 0, 0, length >> 8, length],
    [0x84, 0xff, 0xff, 0xff, 0xff],
    [0x80],
    [0xff],
  ];
  return replaced(message, { start: start + 1, end: content }, Buffer.from(chance.pick(forms)));
}

function duplicateElement(message: Buffer, chance: SeededChance): Buffer {
  const { start, end } = chance.pick(elementsOf(message));
  return replaced(message, { start: end, end }, message.subarray(start, end));
}

function dropElement(message: Buffer, chance: SeededChance): Buffer {
  return replaced(message, chance.pick(elementsOf(message)), Buffer.alloc(0));
}

function copyElement(message: Buffer, chance: SeededChance): Buffer {
  const elements = elementsOf(message);
  const [one, other] = [chance.pick(elements), chance.pick(elements)];
  return replaced(message, one, message.subarray(other.start, other.end));
}

/** An element of another message in place of one of this. */
function splice(message: Buffer, chance: SeededChance, corpus: readonly Uint8Array[]): Buffer {
  const other = Buffer.from(chance.pick(corpus));
  const { start, end } = chance.pick(elementsOf(other));
  return replaced(message, chance.pick(elementsOf(message)), other.subarray(start, end));
}

function insertGarbage(message: Buffer, chance: SeededChance): Buffer {
  const at = chance.below(message.length + 1);
  return replaced(message, { start: at, end: at }, chance.octets(1 + chance.below(MOST_GARBAGE_OCTETS)));
}

/** An element becomes SEQUENCEs within SEQUENCEs, with lengths that are right. */
function nest(message: Buffer, chance: SeededChance): Buffer {
  const element = chance.pick(elementsOf(message));
  let nested = Buffer.from(message.subarray(element.start, element.end));
  for (let depth = chance.below(MOST_NESTING); depth > 0; depth--)
    nested = Buffer.concat([Buffer.from([0x30, 0x82, nested.length >> 8, nested.length]), nested]);
  return replaced(message, element, nested);
}

const replaced = (message: Buffer, place: Pick<Element, 'start' | 'end'>, octets: Uint8Array): Buffer =>
  Buffer.concat([message.subarray(0, place.start), octets, message.subarray(place.end)]);

/** Elements as far as they can be made out, the innermost too; the whole message when it holds none. */
function elementsOf(message: Buffer): readonly Element[] {
  const found: Element[] = [];
  collectElements(message, { start: 0, end: message.length }, found);
  return found.length > 0 ? found : [{ start: 0, content: 0, end: message.length }];
}

function collectElements(message: Buffer, place: Pick<Element, 'start' | 'end'>, into: Element[]): void {
  for (let start = place.start; start + 2 <= place.end;) {
    const { content, end } = elementAt(message, start);
    if (end > place.end) return;
    into.push({ start, content, end });
    // Constructed, or an OCTET STRING, which in these messages often holds an element.
    if (message[start]! & 0x20 || message[start] === 0x04) collectElements(message, { start: content, end }, into);
    start = end;
  }
}

function elementAt(message: Buffer, start: number): Element {
  const first = message[start + 1]!;
  if (first < 0x80) return { start, content: start + 2, end: start + 2 + first };
  const content = start + 2 + (first & 0x7f);
  const length = message.subarray(start + 2, content).reduce((value, octet) => value * 256 + octet, 0);
  return { start, content, end: content + length };
}
