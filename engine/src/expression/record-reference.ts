/** How a record of any entity is written as one text, `sales.order:12`: the value of a dynamic link. */
export function recordReference(entity: string, id: string): string {
  return `${entity}:${id}`;
}
