import { create } from 'xmlbuilder2';

/** An element: its qualified name, attributes, and text or children. What is undefined or empty is left out (ibr-079). */
export interface Element {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly content: string | readonly Element[];
}

type Content = string | bigint | readonly (Element | undefined)[] | undefined;

/** @returns undefined when there is nothing in it */
export function element(name: string, content: Content, attributes?: Element['attributes']): Element | undefined {
  if (content === undefined || content === '') return undefined;
  const about = { name, ...(attributes && { attributes }) };
  if (typeof content === 'string') return { ...about, content: withoutControls(content) };
  if (typeof content === 'bigint') return { ...about, content: content.toString() };
  const children = content.filter((child) => child !== undefined);
  return children.length === 0 ? undefined : { ...about, content: children };
}

/** UTF-8, indented: for machines, and for whoever has to look at it. */
export function xmlOf(root: Element): Buffer {
  const builder = create({ version: '1.0', encoding: 'UTF-8' });
  append(builder, root);
  return Buffer.from(`${builder.end({ prettyPrint: true })}\n`);
}

function append(parent: ReturnType<typeof create>, { name, attributes = {}, content }: Element): void {
  const own = parent.ele(name, attributes);
  if (typeof content === 'string') own.txt(content);
  else for (const child of content) append(own, child);
}

/** XML 1.0 has no place for them. */
const withoutControls = (text: string): string =>
  text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
