import { createRouter, createWebHistory } from 'vue-router';

export const router = createRouter({
  history: createWebHistory('/designer/'),
  routes: [
    { path: '/', name: 'home', component: () => import('./shell/HomePage.vue') },
    { path: '/differences', name: 'differences', component: () => import('./publish/DifferencesPage.vue') },
    { path: '/versions', name: 'versions', component: () => import('./publish/VersionsPage.vue') },
    { path: '/:kind/:name', name: 'document', component: () => import('./shell/DocumentPage.vue'), props: true },
    { path: '/:path(.*)*', redirect: { name: 'home' } },
  ],
});
