import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mavenJars } from '@kakunin/testing/maven-jars';

const run = promisify(execFile);
const RULES = 'external/schematron/pint-jp/1.1.1/xslt';
/** What every Peppol invoice keeps to, and what a Japanese one does. */
const RULE_SETS = ['PINT-UBL-validation-preprocessed.xslt', 'PINT-jurisdiction-aligned-rules.xslt'];
/** UBL's schemas name these without saying where they are. */
const DRIVER = `<schema xmlns="http://www.w3.org/2001/XMLSchema">
  <import namespace="urn:un:unece:uncefact:data:specification:CoreComponentTypeSchemaModule:2" schemaLocation="schemas/CCTS_CCT_SchemaModule.xsd"/>
  <import namespace="http://www.w3.org/2000/09/xmldsig#" schemaLocation="schemas/xmldsig-core-schema.xsd"/>
  <import namespace="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" schemaLocation="external/schemas/ubl21/maindoc/UBL-Invoice-2.1.xsd"/>
</schema>`;

/** Schemas and rules as others publish them: nothing here knows who wrote the documents. */
export class JpPintValidator {
  private readonly jars: string;
  private readonly unpacked: string;

  private constructor(jars: string, unpacked: string) {
    this.jars = jars;
    this.unpacked = unpacked;
  }

  static async open(): Promise<JpPintValidator> {
    const jars = await mavenJars({
      name: 'jp-pint-1.1.1',
      pom: fileURLToPath(new URL('pom.xml', import.meta.url)),
      missing: 'Tests of invoices need a JDK (17 or later) and Maven: apt-get install default-jdk-headless maven.',
    });
    const unpacked = join(dirname(jars), 'unpacked');
    if (!existsSync(unpacked)) await unpack(jars, unpacked);
    return new JpPintValidator(jars, unpacked);
  }

  /** @throws what xmllint says of documents that are not valid by the schema of UBL 2.1 */
  async checkSchema(documents: Documents): Promise<void> {
    const schema = join(this.unpacked, 'driver.xsd');
    await withFiles(documents, (_folder, files) =>
      run('xmllint', ['--noout', '--nonet', '--schema', schema, ...files]),
    );
  }

  /** @returns by document the names of the rules that it breaks, such as `ibr-080` */
  async brokenRules(documents: Documents): Promise<Readonly<Record<string, readonly string[]>>> {
    const broken = documents.map(([name]): [string, string[]] => [name, []]);
    await withFiles(documents, async (folder) => {
      for (const rules of RULE_SETS) {
        const output = join(folder, rules);
        mkdirSync(output);
        const xsl = join(this.unpacked, RULES, rules);
        const saxon = [
          '-XX:TieredStopAtLevel=1',
          '-XX:+UseSerialGC',
          '-cp',
          join(this.jars, '*'),
          'net.sf.saxon.Transform',
        ];
        await run('java', saxon.concat(`-s:${join(folder, 'in')}`, `-o:${output}`, `-xsl:${xsl}`));
        for (const [index, [, found]] of broken.entries()) {
          found.push(...failedAssertions(readFileSync(join(output, `${index}.xml`), 'utf8')));
        }
      }
    });
    return Object.fromEntries(broken);
  }
}

/** By name. */
export type Documents = readonly (readonly [name: string, xml: Uint8Array])[];

function failedAssertions(report: string): string[] {
  if (!report.includes('fired-rule')) throw new Error('The rules did not run.');
  return [...report.matchAll(/<svrl:failed-assert[^>]*\bid="([^"]+)"/g)].map(([, id]) => id as string);
}

async function unpack(jars: string, unpacked: string): Promise<void> {
  const half = mkdtempSync(`${unpacked}-`);
  const parts = [
    ['ph-ubl21-10.0.0.jar', 'external/schemas'],
    ['ph-xsds-ccts-cct-schemamodule-4.0.0.jar', 'schemas'],
    ['ph-xsds-xmldsig-4.0.0.jar', 'schemas'],
    ['phive-rules-peppol-4.0.0.jar', RULES],
  ] as const;
  for (const [jar, part] of parts) await run('jar', ['xf', join(jars, jar), part], { cwd: half });
  writeFileSync(join(half, 'driver.xsd'), DRIVER);
  // Another test may have been faster: then what it made is as good.
  if (existsSync(unpacked)) rmSync(half, { recursive: true });
  else renameSync(half, unpacked);
}

async function withFiles(
  documents: Documents,
  work: (folder: string, files: string[]) => Promise<unknown>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kakunin-ubl-'));
  try {
    mkdirSync(join(folder, 'in'));
    const files = documents.map(([, xml], index) => {
      const file = join(folder, 'in', `${index}.xml`);
      writeFileSync(file, xml);
      return file;
    });
    await work(folder, files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
