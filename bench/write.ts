// Text between the markers `<!-- bench NAME -->` and `<!-- end NAME -->`.

export function replaceBetween(page: string, name: string, text: string): string {
  const [first, last] = [`<!-- bench ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [page.indexOf(first), page.indexOf(last)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no markers for ${name}`);
  return `${page.slice(0, from + first.length)}\n${text}\n${page.slice(to)}`;
}
