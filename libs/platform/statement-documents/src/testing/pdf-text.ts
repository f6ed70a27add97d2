/**
 * The text of each page, in the order in which it is drawn: a small reader of PDF as pdfkit writes it without compression
 * (fonts by glyph, with a ToUnicode map: ISO 32000-1, 9.10.3).
 */
export function pdfText(pdf: Uint8Array): string[] {
  const objects = new Map<string, string>();
  for (const [, id = '', body = ''] of Buffer.from(pdf)
    .toString('latin1')
    .matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    objects.set(id, body);
  }
  const follow = (body: string, name: string): string | undefined =>
    objects.get(new RegExp(`/${name} (\\d+) 0 R`).exec(body)?.[1] ?? '');
  const pages = [...objects.values()].filter((body) => /\/Type \/Page\b(?!s)/.test(body));
  return pages.map((page) => {
    const resources = follow(page, 'Resources') ?? page;
    const fonts = new Map<string, Map<string, string>>();
    for (const [, name = '', id = ''] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      fonts.set(name, unicodeMap(follow(objects.get(id) ?? '', 'ToUnicode') ?? ''));
    }
    return shown(follow(page, 'Contents') ?? '', fonts);
  });
}

/** Glyph (four hexadecimal digits) → text. pdfkit writes ranges of arrays: `<0000> <00ff> [<...> <...>]`. */
function unicodeMap(cmap: string): Map<string, string> {
  const map = new Map<string, string>();
  for (const [, first = '', list = ''] of cmap.matchAll(/<([\da-f]{4})> <[\da-f]{4}> \[([^\]]*)\]/gi)) {
    for (const [index, [, units = '']] of [...list.matchAll(/<([\da-f ]+)>/gi)].entries()) {
      const glyph = (Number.parseInt(first, 16) + index).toString(16).padStart(4, '0');
      map.set(glyph, Buffer.from(units.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
    }
  }
  return map;
}

function shown(content: string, fonts: Map<string, Map<string, string>>): string {
  let font = new Map<string, string>();
  const lines: string[] = [];
  for (const [, name, array] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (name !== undefined) font = fonts.get(name) ?? new Map();
    const glyphs = [...(array ?? '').matchAll(/<([\da-f]*)>/gi)].map(([, hex]) => hex ?? '').join('');
    if (array !== undefined)
      lines.push(glyphs.replaceAll(/.{4}/g, (glyph) => font.get(glyph.toLowerCase()) ?? '\uFFFD'));
  }
  return lines.join('\n');
}
