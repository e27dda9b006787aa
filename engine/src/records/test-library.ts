/** Metadata of a lending library: the sample that the tests of this folder speak of. */

const module = {
  module: 'library',
  name: 'Library',
  version: '1.0.0',
  category: 'core',
  dependencies: [],
};

const entities = [
  {
    entity: 'library.genre',
    kind: 'tree',
    label: 'Genre',
    title: '{name}',
    key: ['name'],
    fields: { name: { type: 'text', required: true, maxLength: 60 } },
  },
  {
    entity: 'library.author',
    kind: 'master',
    label: { en: 'Author', id: 'Pengarang' },
    title: '{name}',
    key: ['code'],
    sort: ['name'],
    fields: {
      code: { type: 'sequence', pattern: 'AUT-{seq:3}', unique: true },
      name: { type: 'text', required: true, maxLength: 100, search: true },
      home_page: { type: 'url' },
      books: { type: 'integer', rollup: { from: 'library.book', by: 'author', value: 'count(id)' } },
      worth: {
        type: 'money',
        rollup: { from: 'library.book', by: 'author', value: 'sum(price)', where: 'available and pages > 0' },
      },
    },
  },
  {
    entity: 'library.tag',
    kind: 'master',
    label: 'Tag',
    title: '{name}',
    fields: { name: { type: 'text', required: true, unique: true, maxLength: 60 } },
  },
  {
    entity: 'library.fee-kind',
    kind: 'master',
    label: 'Kind of fee',
    title: '{name}',
    key: ['name'],
    fields: {
      name: { type: 'text', required: true, unique: true, maxLength: 60 },
      rate: { type: 'percent', default: '10' },
    },
  },
  {
    entity: 'library.book',
    kind: 'master',
    label: { en: 'Book', id: 'Buku' },
    title: '{name} ({author.name})',
    key: ['isbn'],
    sort: ['name'],
    list: { columns: ['isbn', 'name', 'author', 'price'], filters: ['author', 'genre', 'price'] },
    fields: {
      isbn: { type: 'text', required: true, unique: true, maxLength: 20, search: true },
      name: { type: 'text', required: true, maxLength: 150, search: true },
      author: { type: 'link', to: 'library.author' },
      genre: { type: 'link', to: 'library.genre' },
      second_author: {
        type: 'link',
        to: 'library.author',
        filter: "id != parent.author and name != 'Anonymous'",
      },
      fee_kind: { type: 'link', to: 'library.fee-kind', default: "'Standard'" },
      tags: { type: 'links', to: 'library.tag' },
      price: { type: 'money', default: '0', min: 0 },
      pages: { type: 'integer', min: 1, max: 5000 },
      available: { type: 'boolean', default: 'true' },
      published: { type: 'date' },
      bought_at: { type: 'datetime' },
      condition: { type: 'enumeration', options: ['new', 'used', 'worn'] },
      label: { type: 'text', computed: "upper(isbn) + ': ' + name" },
      repair_note: { type: 'longtext', required: "condition == 'worn'", visible: "condition == 'worn'" },
      given_by: { type: 'text', encrypted: true, maxLength: 80 },
      about: { type: 'dynamic-link', to: ['library.author', 'library.genre'] },
      texts: { type: 'translated-text' },
      locked: { type: 'boolean' },
      shelf: { type: 'text', readOnly: 'locked', maxLength: 20 },
    },
  },
  {
    entity: 'library.reader',
    kind: 'master',
    label: { en: 'Reader', id: 'Pembaca' },
    title: '{name}',
    fields: {
      name: { type: 'text', required: true, maxLength: 100, search: true },
      loan_days: { type: 'integer', default: '14' },
      favourite: { type: 'link', to: 'library.author' },
    },
  },
  {
    entity: 'library.opening',
    kind: 'single',
    label: 'Opening hours',
    fields: { opens: { type: 'time', required: true } },
  },
  {
    entity: 'library.loan',
    kind: 'document',
    label: { en: 'Loan', id: 'Peminjaman' },
    number: 'LOAN-{yyyy}-{seq:3}',
    title: '{number} · {reader.name}',
    list: { columns: ['reader', 'date', 'total'], filters: ['reader'] },
    fields: {
      reader: { type: 'link', to: 'library.reader', required: true },
      date: { type: 'date', default: 'today()' },
      due: { type: 'date', default: 'date + days(reader.loan_days)' },
      lines: { type: 'lines', of: 'library.loan-line', min: 1, max: 60 },
      fees: {
        type: 'lines',
        of: 'library.loan-fee',
        derive: {
          from: 'lines',
          by: 'fee_kind',
          set: { base: 'sum(amount)', amount: 'round(sum(amount) * fee_kind.rate / 100, 2)' },
        },
      },
      net: { type: 'money', computed: 'sum(lines.amount)' },
      total: { type: 'money', computed: 'net + sum(fees.amount)' },
    },
    checks: [
      {
        that: 'due >= date',
        at: 'due',
        message: { en: 'Due {due} is before {date}', id: 'Jatuh tempo {due} sebelum {date}' },
      },
    ],
  },
  {
    entity: 'library.loan-line',
    kind: 'lines',
    label: 'Loan line',
    fields: {
      book: { type: 'link', to: 'library.book', required: true },
      days: { type: 'quantity', required: true, default: '1' },
      rate: { type: 'money', default: 'book.price' },
      fee_kind: { type: 'link', to: 'library.fee-kind', default: 'book.fee_kind' },
      amount: { type: 'money', computed: 'days * rate' },
    },
    checks: [{ that: 'days > 0', at: 'days', message: { en: 'At least a day', id: 'Paling sedikit sehari' } }],
  },
  {
    entity: 'library.loan-fee',
    kind: 'lines',
    label: 'Loan fee',
    fields: {
      fee_kind: { type: 'link', to: 'library.fee-kind' },
      base: { type: 'money' },
      amount: { type: 'money' },
    },
  },
];

/** The files of the module, as the compiler takes them. */
export const libraryFiles = [
  { path: 'module.json', text: JSON.stringify(module) },
  ...entities.map((entity) => ({ path: `entities/${entity.entity}.json`, text: JSON.stringify(entity) })),
];
