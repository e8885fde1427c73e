// Writes docs/rules, docs/collection-format/*.schema.json and the table of items in docs/collection-format.md.
// With --check it writes nothing and ends with 1 when a file is stale, missing or left over.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { allRules, formatSchemas, ruleIndex, rulePage, withItemTable } from '@casebook/insights';

const docs = join(__dirname, '../docs');
const check = process.argv.includes('--check');

async function wanted(): Promise<ReadonlyMap<string, string>> {
  const page = readFileSync(join(docs, 'collection-format.md'), 'utf8');
  const files = new Map<string, string>([
    ['rules/README.md', ruleIndex(allRules)],
    ...allRules.map((rule) => [`rules/${rule.id}.md`, rulePage(rule)] as const),
    ...formatSchemas().map(([file, schema]) => [`collection-format/${file}`, JSON.stringify(schema)] as const),
    ['collection-format.md', withItemTable(page)],
  ]);
  const style = (await resolveConfig(__filename)) ?? {};
  const formatted = await Promise.all(
    [...files].map(async ([file, text]) => [file, await format(text, { ...style, filepath: file })] as const),
  );
  return new Map(formatted);
}

const present = (folder: string): readonly string[] => {
  mkdirSync(join(docs, folder), { recursive: true });
  return readdirSync(join(docs, folder)).map((file) => `${folder}/${file}`);
};

const read = (file: string): string | null => {
  try {
    return readFileSync(join(docs, file), 'utf8');
  } catch {
    return null;
  }
};

async function main(): Promise<void> {
  const files = await wanted();
  const left = [...present('rules'), ...present('collection-format')].filter((file) => !files.has(file));
  const stale = [...files].filter(([file, text]) => read(file) !== text);
  if (check) {
    for (const file of [...left, ...stale.map(([name]) => name)])
      console.error(`docs/${file} is not what the rules and the format say: run npm run generate.`);
    process.exitCode = left.length + stale.length > 0 ? 1 : 0;
    return;
  }
  for (const file of left) rmSync(join(docs, file));
  for (const [file, text] of stale) writeFileSync(join(docs, file), text);
  console.log(`${files.size} files, ${stale.length} written, ${left.length} removed`);
}

void main();
