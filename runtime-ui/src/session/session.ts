import { useLocalStorage } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Answer } from '../api/answers.ts';
import { api, setCaller } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query-client.ts';
import { isLocale, setLocale } from '../i18n/i18n.ts';
import { isTheme, setTheme } from '../theme/theme.ts';
import type { Acceptance, Company, Identity, Person, Registration } from './identity.ts';

const ADMIN_ROLE = 'admin';

/** On this device somebody signed in and did not sign out: it is worth asking the server who. */
const hint = useLocalStorage('rangka.signed-in', false);

/** Who works here, and for which company. */
export const useSession = defineStore('session', () => {
  const identity = shallowRef<Identity | null>(null);
  const isLoaded = shallowRef(false);

  const person = computed<Person | null>(() => identity.value?.user ?? null);
  const company = computed<Company | null>(() => identity.value?.company ?? null);
  const companies = computed<readonly Company[]>(() => identity.value?.companies ?? []);
  const isSignedIn = computed(() => identity.value !== null);
  const isAdmin = computed(() => company.value?.roles.includes(ADMIN_ROLE) === true);

  /** Whether somebody is likely to be signed in, before the server was asked. */
  const isExpected = computed(() => hint.value && !isLoaded.value);

  let loading: Promise<void> | null = null;

  /** Finds out once who is signed in. Throws ApiProblem when the server cannot be asked; it can be called again then. */
  function load(): Promise<void> {
    if (isLoaded.value) return Promise.resolve();
    loading ??= ask().finally(() => (loading = null));
    return loading;
  }

  async function ask(): Promise<void> {
    try {
      await enter(await api.get<Answer<Identity>>('/auth/me'));
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      hint.value = false;
    }
    isLoaded.value = true;
  }

  /** Throws ApiProblem with the faults of the form. */
  async function signUp(registration: Registration): Promise<void> {
    await enter(await api.post<Answer<Identity>>('/auth/register', registration));
  }

  /** Makes the account of somebody who was invited, and signs them in. Throws ApiProblem with the faults of the form. */
  async function acceptInvitation(acceptance: Acceptance): Promise<void> {
    const answer = await api.post<Answer<Identity>>('/auth/invitation/accept', acceptance);
    // Whoever was signed in here before leaves nothing behind.
    forget();
    await enter(answer);
  }

  /** Throws ApiProblem; 401 when address or password are wrong. */
  async function signIn(email: string, password: string, otp: string | null = null): Promise<void> {
    await enter(await api.post<Answer<Identity>>('/auth/login', { email, password, otp }));
  }

  async function signOut(): Promise<void> {
    await api.post('/auth/logout');
    forget();
  }

  /** The session is over: nothing of it stays on this page. */
  function forget(): void {
    identity.value = null;
    hint.value = false;
    setCaller({ csrfToken: null, company: null });
    queryClient.clear();
  }

  /** Changes what the person tells about themselves; preferences are added to those there are. */
  async function change(
    profile: Partial<Pick<Person, 'name' | 'phone' | 'address' | 'locale' | 'preferences'>>,
  ): Promise<void> {
    const preferences =
      profile.preferences === undefined
        ? {}
        : { preferences: { ...person.value?.preferences, ...profile.preferences } };
    const { data } = await api.patch<Answer<Identity>>('/auth/me', { ...profile, ...preferences });
    keep(data);
  }

  /** Fetches the CSRF token anew. */
  async function refresh(): Promise<boolean> {
    const { data } = await api.get<Answer<Identity>>('/auth/me');
    keep(data);
    return data.csrf_token !== null;
  }

  /** Works for another company of this person from now on. */
  function choose(slug: string): void {
    const chosen = companies.value.find((candidate) => candidate.slug === slug);
    if (chosen === undefined || identity.value === null) return;
    identity.value = { ...identity.value, company: chosen };
    setCaller({ company: slug });
    queryClient.clear();
  }

  async function enter({ data }: Answer<Identity>): Promise<void> {
    keep(data);
    isLoaded.value = true;
    hint.value = true;
    const { locale, preferences } = data.user;
    if (isTheme(preferences.theme)) setTheme(preferences.theme);
    if (isLocale(locale)) await setLocale(locale);
  }

  function keep(data: Identity): void {
    const present = data.companies.find(({ slug }) => slug === company.value?.slug);
    identity.value = { ...data, company: present ?? data.company };
    setCaller({ csrfToken: data.csrf_token, company: identity.value.company?.slug ?? null });
  }

  return {
    person,
    company,
    companies,
    isSignedIn,
    isAdmin,
    isExpected,
    load,
    signUp,
    acceptInvitation,
    signIn,
    signOut,
    forget,
    change,
    refresh,
    choose,
  };
});
