import type { Text } from '../metamodel/text.ts';

/** What the buttons of the actions say that every document has. */
export const ACTION_LABELS: Readonly<Record<'update' | 'delete' | 'submit' | 'cancel' | 'amend', Text>> = {
  update: { en: 'Save', id: 'Simpan' },
  delete: { en: 'Delete', id: 'Hapus' },
  submit: { en: 'Submit', id: 'Ajukan' },
  cancel: { en: 'Cancel document', id: 'Batalkan dokumen' },
  amend: { en: 'Amend', id: 'Perbaiki' },
};
