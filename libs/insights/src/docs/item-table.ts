import { allItems } from '../format/items';

const START = '<!-- items: generated, run npm run generate -->';
const END = '<!-- end of items -->';

/** The table of all items, for the page about the format. */
function itemTable(): string {
  const rows = allItems.map(
    ({ name, path, about }) => `| [${name}](collection-format/${name}.schema.json) | \`${path}\` | ${about} |`,
  );
  return ['| Item | File | What |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Puts the table between its marks in the page. Throws when the page has no marks. */
export function withItemTable(page: string): string {
  const [before, rest] = page.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('The page has no marks for the table of items.');
  return `${before}${START}\n\n${itemTable()}\n\n${END}${after}`;
}
