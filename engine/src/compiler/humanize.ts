/** `price_list` → `Price list`: the label of a thing nobody labelled. */
export function humanize(name: string): string {
  const words = name.slice(name.lastIndexOf('.') + 1).replace(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
