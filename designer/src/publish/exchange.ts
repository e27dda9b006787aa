import { api } from '../../../runtime-ui/src/api/client.ts';
import { problemText } from '../../../runtime-ui/src/ui/problem-text.ts';
import { showToast } from '../../../runtime-ui/src/ui/toasts.ts';

/** Hands the published documents of a scope to the person as one file. */
export async function downloadPackage(scope: string): Promise<void> {
  try {
    const content = await api.get<unknown>('/metadata/export', { query: { scope } });
    const blob = new Blob([JSON.stringify(content, null, 2), '\n'], { type: 'application/json' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${scope.replace(':', '-')}.rangka.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (error) {
    showToast(problemText(error), { tone: 'danger' });
  }
}
