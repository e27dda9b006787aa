import { settings } from '../engine/src/settings.ts';

/** docs/settings.md: what every environment variable means. */
export function settingsPage(): string {
  const rows = Object.values(settings).map(({ variable, meaning, absent, example, idle }) => {
    const note = idle ? ' *Checked at start; this version does not use it yet.*' : '';
    return `| \`${variable}\` | ${meaning}${note} | ${absent} | ${example.startsWith('(') ? example.slice(1, -1) : `\`${example}\``} |`;
  });
  return `<!-- Generated from engine/src/settings.ts by “npm run generate”. -->

# Settings

Settings are environment variables, read once at start. An empty variable counts as absent. A wrong value stops the
start and says what to write instead; \`rangka config\` prints what holds, with secrets hidden.

| variable | meaning | when absent | example |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
