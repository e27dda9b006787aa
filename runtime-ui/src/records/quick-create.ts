import { shallowRef } from 'vue';

/** Asks for a new record of an entity, beginning with a name; answers its id, or null when the person gave up. */
export type QuickCreate = (entity: string, name: string) => Promise<string | null>;

interface Request {
  readonly entity: string;
  readonly name: string;
  settle(id: string | null): void;
}

/** Lets the pickers of a form ask for a missing record; whoever shows the form shows the sheet for `request`. */
export function useQuickCreate() {
  const request = shallowRef<Request | null>(null);
  const create: QuickCreate = (entity, name) =>
    new Promise((resolve) => {
      request.value = {
        entity,
        name,
        settle(id) {
          request.value = null;
          resolve(id);
        },
      };
    });
  return { request, create };
}
