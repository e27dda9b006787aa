/** Whether a parameter is `page[number]`, encoded or not. */
const PAGE_NUMBER = /^page(?:\[|%5B)number(?:\]|%5D)=/i;

/** The links of a page to itself and its neighbours; null where there is none. */
export function pageLinks(
  path: string,
  queryText: string,
  number: number,
  hasNext: boolean,
): { readonly self: string; readonly next: string | null; readonly prev: string | null } {
  const others = queryText.split('&').filter((pair) => pair !== '' && !PAGE_NUMBER.test(pair));
  const linkTo = (page: number): string => `${path}?${[...others, `page[number]=${page}`].join('&')}`;
  return {
    self: queryText === '' ? path : `${path}?${queryText}`,
    next: hasNext ? linkTo(number + 1) : null,
    prev: number > 1 ? linkTo(number - 1) : null,
  };
}
