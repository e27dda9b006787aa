import { onScopeDispose, shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';
import { useSession } from '../session/session.ts';
import { LiveClient } from './live-client.ts';
import type { LiveMessage, LiveTopic, Someone } from './live-client.ts';

let client: LiveClient | null = null;

/** The page's one connection; the company is the one that is worked in. */
function liveClient(): LiveClient {
  client ??= new LiveClient(() => {
    const { protocol, host } = window.location;
    const company = useSession().company?.slug;
    const query = company === undefined ? '' : `?company=${encodeURIComponent(company)}`;
    return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/ws${query}`;
  });
  return client;
}

/** Hears of a record or a list as long as the component is there; a topic of null hears nothing. */
export function useLive(topic: () => LiveTopic | null, hear: (message: LiveMessage) => void): void {
  let end: (() => void) | null = null;
  const stop = (): void => {
    end?.();
    end = null;
  };
  watch(
    () => JSON.stringify(topic()),
    () => {
      stop();
      const wanted = topic();
      if (wanted !== null) end = liveClient().subscribe(wanted, hear);
    },
    { immediate: true },
  );
  onScopeDispose(stop);
}

/** Who else is at work on a record, told along with `useLive`; this person is told of while `isEditing`. */
export function usePresence(
  place: () => { readonly entity: string; readonly record: string } | null,
  isEditing: () => boolean,
): { readonly people: ShallowRef<readonly Someone[]>; readonly hear: (message: LiveMessage) => void } {
  const people = shallowRef<readonly Someone[]>([]);
  let end: (() => void) | null = null;
  watch(
    () => (isEditing() ? JSON.stringify(place()) : 'null'),
    () => {
      end?.();
      const at = place();
      end = at !== null && isEditing() ? liveClient().present(at.entity, at.record) : null;
    },
    { immediate: true },
  );
  onScopeDispose(() => end?.());
  return {
    people,
    hear(message) {
      if (message.type === 'presence') people.value = message.people ?? [];
    },
  };
}
