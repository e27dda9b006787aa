import { createRouter, createWebHistory } from 'vue-router';
import type { RouteRecordRaw } from 'vue-router';
import { admission } from './admission.ts';
import { useSession } from '../session/session.ts';
import { pageFailure } from './page-failure.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** Who may come here; without it, whoever is signed in. */
    readonly for?: 'guests' | 'everybody' | 'admins';
    /** Key of the text that names the screen in the window's title and in breadcrumbs. */
    readonly title?: string;
    /** Uses the whole width: screens where people work with rows. */
    readonly isWide?: boolean;
  }
}

const rolePage = () => import('../roles/RolePage.vue');
const recordForm = () => import('../records/RecordFormPage.vue');

const routes: RouteRecordRaw[] = [
  {
    path: '/sign-up',
    name: 'sign-up',
    component: () => import('../identity/SignUpPage.vue'),
    meta: { for: 'guests', title: 'signUp.title' },
  },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('../identity/SignInPage.vue'),
    meta: { for: 'guests', title: 'signIn.title' },
  },
  {
    path: '/forgot-password',
    name: 'forgot-password',
    component: () => import('../identity/ForgotPasswordPage.vue'),
    meta: { for: 'guests', title: 'recovery.forgot' },
  },
  {
    path: '/reset-password',
    name: 'reset-password',
    component: () => import('../identity/ResetPasswordPage.vue'),
    meta: { for: 'everybody', title: 'recovery.reset' },
  },
  {
    path: '/verify-email',
    name: 'verify-email',
    component: () => import('../identity/VerifyEmailPage.vue'),
    meta: { for: 'everybody', title: 'recovery.verify' },
  },
  {
    path: '/invitation',
    name: 'invitation',
    component: () => import('../identity/InvitationPage.vue'),
    meta: { for: 'everybody', title: 'invitation.title' },
  },
  {
    path: '/welcome',
    name: 'welcome',
    component: () => import('../onboarding/WelcomePage.vue'),
    meta: { for: 'admins', title: 'welcome.title' },
  },
  {
    // Another application of the same server.
    path: '/designer/:path(.*)*',
    name: 'designer',
    component: () => import('../shell/StartingScreen.vue'),
    beforeEnter: (to) => window.location.assign(to.fullPath),
    meta: { for: 'admins' },
  },
  {
    path: '/',
    component: () => import('../shell/AppShell.vue'),
    children: [
      {
        path: '',
        name: 'dashboard',
        component: () => import('../dashboard/DashboardPage.vue'),
        meta: { title: 'nav.dashboard' },
      },
      {
        path: 'modules',
        name: 'modules',
        component: () => import('../modules/ModulesPage.vue'),
        meta: { title: 'nav.modules', for: 'admins' },
      },
      {
        path: 'modules/:slug/settings',
        name: 'module-settings',
        component: () => import('../modules/ModuleSettingsPage.vue'),
        props: true,
        meta: { title: 'moduleSettings.title', for: 'admins' },
      },
      {
        path: 'profile',
        name: 'profile',
        component: () => import('../profile/ProfilePage.vue'),
        meta: { title: 'nav.profile' },
      },
      {
        path: 'settings',
        name: 'settings',
        component: () => import('../company/CompanySettingsPage.vue'),
        meta: { title: 'nav.settings', for: 'admins' },
      },
      {
        path: 'settings/members/:member',
        name: 'member-rights',
        component: () => import('../roles/MemberRightsPage.vue'),
        props: true,
        meta: { title: 'nav.rights', for: 'admins', isWide: true },
      },
      {
        path: 'settings/personal-data',
        name: 'personal-data',
        component: () => import('../privacy/PersonalDataPage.vue'),
        meta: { title: 'nav.privacy', for: 'admins' },
      },
      {
        path: 'settings/automations',
        name: 'automations',
        component: () => import('../automations/AutomationsPage.vue'),
        meta: { title: 'nav.automations', for: 'admins' },
      },
      {
        path: 'settings/roles',
        name: 'roles',
        component: () => import('../roles/RolesPage.vue'),
        meta: { title: 'nav.roles', for: 'admins' },
      },
      {
        path: 'settings/roles/new',
        name: 'role-new',
        component: rolePage,
        props: ({ query }) => ({ copyOf: query['copyOf'] }),
        meta: { title: 'nav.roles', for: 'admins', isWide: true },
      },
      {
        path: 'settings/roles/:role',
        name: 'role',
        component: rolePage,
        props: true,
        meta: { title: 'nav.roles', for: 'admins', isWide: true },
      },
      {
        path: 'settings/activity',
        name: 'activity',
        component: () => import('../activity/ActivityPage.vue'),
        meta: { title: 'nav.activity', for: 'admins' },
      },
      {
        path: 'reports',
        name: 'reports',
        component: () => import('../reports/ReportListPage.vue'),
        meta: { title: 'nav.reports' },
      },
      {
        path: 'reports/:report',
        name: 'report',
        component: () => import('../reports/ReportPage.vue'),
        props: true,
        meta: { title: 'nav.reports', isWide: true },
      },
      {
        path: 'records/:entity',
        component: () => import('../shell/EntityGate.vue'),
        // Not all parameters: the gate would hand the id of a record on to the screen inside it.
        props: ({ params }) => ({ entity: params['entity'] }),
        meta: { isWide: true },
        children: [
          { path: '', name: 'record-list', component: () => import('../records/RecordListPage.vue'), props: true },
          {
            path: 'new',
            name: 'record-new',
            component: recordForm,
            props: ({ params, query }) => ({ ...params, copyOf: query['copyOf'] }),
          },
          {
            path: 'import',
            name: 'record-import',
            component: () => import('../imports/ImportPage.vue'),
            props: true,
          },
          { path: ':id', name: 'record', component: recordForm, props: true },
          {
            path: ':id/match',
            name: 'record-match',
            component: () => import('../documents/MatchPage.vue'),
            props: true,
          },
        ],
      },
      {
        path: ':path(.*)*',
        name: 'not-found',
        component: () => import('../shell/NotFoundPage.vue'),
        meta: { title: 'notFound.title' },
      },
    ],
  },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
});

router.beforeEach(async (to) => {
  pageFailure.value = null;
  const session = useSession();
  // Whoever comes to sign up for the first time need not wait for the server to say that it knows nobody.
  if (to.meta.for !== 'guests' || session.isExpected) await session.load();
  return admission(to, session) ?? true;
});

router.onError((error: unknown, to) => {
  pageFailure.value = { error, path: to.fullPath };
});
