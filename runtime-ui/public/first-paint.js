// Puts the chosen theme and language on the page before its first paint; the keys are those of theme.ts and i18n.ts.
(function () {
  let theme = null;
  let locale = null;
  try {
    theme = localStorage.getItem('rangka.theme');
    locale = localStorage.getItem('rangka.locale');
  } catch {
    // Storage can be forbidden; the system's choice is used then.
  }
  const isDark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', isDark);
  if (locale) document.documentElement.lang = locale;
})();
