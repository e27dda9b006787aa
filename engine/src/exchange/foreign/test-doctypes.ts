/** DocTypes in the format that Frappe publishes, written for the tests: every type of field and every way of naming. */

type Facts = Readonly<Record<string, unknown>>;

const field = (fieldtype: string, fieldname: string, more: Facts = {}): Facts => ({
  fieldname,
  fieldtype,
  label: fieldname.replaceAll('_', ' '),
  ...more,
});

const admin = { role: 'System Manager', read: 1, write: 1, create: 1, delete: 1, report: 1, share: 1, email: 1 };

function docType(name: string, fields: readonly Facts[], more: Facts = {}): Facts {
  return {
    actions: [],
    creation: '2026-01-01 10:00:00.000000',
    doctype: 'DocType',
    engine: 'InnoDB',
    field_order: fields.map(({ fieldname }) => fieldname),
    fields,
    links: [],
    modified: '2026-01-02 10:00:00.000000',
    module: 'Workshop',
    name,
    owner: 'Administrator',
    permissions: [admin],
    sort_field: 'modified',
    sort_order: 'DESC',
    states: [],
    ...more,
  };
}

const clerk = {
  role: 'Workshop Clerk',
  read: 1,
  write: 1,
  create: 1,
  submit: 1,
  cancel: 1,
  amend: 1,
  print: 1,
  report: 1,
};

const everything = docType(
  'Repair Order',
  [
    field('Select', 'naming_series', { options: 'REP-.YYYY.-\nOLD-', reqd: 1 }),
    field('Link', 'customer', {
      options: 'Repair Customer',
      reqd: 1,
      in_list_view: 1,
      in_standard_filter: 1,
      search_index: 1,
    }),
    field('Data', 'customer_name', { fetch_from: 'customer.title', read_only: 1, in_list_view: 1 }),
    field('Data', 'contact_email', { options: 'Email', fetch_from: 'customer.email', fetch_if_empty: 1 }),
    field('Link', 'company', { options: 'Company', no_copy: 1 }),
    field('Column Break', 'column_break_1'),
    field('Select', 'status', { options: '\nOpen\nIn Work\nDone & Paid', default: 'Open', in_list_view: 1 }),
    field('Int', 'visits', { default: '1', non_negative: 1 }),
    field('Float', 'hours', { precision: '3' }),
    field('Currency', 'amount', { options: 'currency', permlevel: 1, allow_on_submit: 1 }),
    field('Percent', 'discount'),
    field('Check', 'is_urgent', { default: '0', bold: 1 }),
    field('Section Break', 'dates_section', { collapsible: 1, label: 'Dates', depends_on: 'is_urgent' }),
    field('Date', 'posting_date', { default: 'Today', reqd: 1 }),
    field('Datetime', 'promised_at', { default: 'Now' }),
    field('Time', 'pickup_time', { default: 'Now' }),
    field('Duration', 'time_spent', { hide_days: 1 }),
    field('Tab Break', 'parts_tab', { label: 'Parts' }),
    field('Table', 'parts', { options: 'Repair Part', mandatory_depends_on: 'eval:doc.status=="Done & Paid"' }),
    field('Table MultiSelect', 'technicians', { options: 'Repair Technician Link' }),
    field('Link', 'reference_type', { options: 'DocType' }),
    field('Dynamic Link', 'reference_name', { options: 'reference_type' }),
    field('Fold', 'fold_1'),
    field('Text', 'remarks', {
      depends_on: 'eval:doc.is_urgent && doc.visits > 1 || in_list(["Open", "In Work"], doc.status)',
    }),
    field('Small Text', 'short_remarks', { depends_on: 'eval:frappe.user.has_role("X")' }),
    field('Long Text', 'story', { read_only_depends_on: 'eval:!doc.__islocal' }),
    field('Text Editor', 'letter', { in_global_search: 1 }),
    field('HTML Editor', 'page'),
    field('Markdown Editor', 'notes_md'),
    field('Code', 'script', { options: 'Python' }),
    field('JSON', 'payload'),
    field('Attach', 'attachment'),
    field('Attach Image', 'photo'),
    field('Signature', 'signature'),
    field('Color', 'paint'),
    field('Rating', 'stars'),
    field('Password', 'door_code'),
    field('Phone', 'phone'),
    field('Barcode', 'tag', { unique: 1 }),
    field('Geolocation', 'place'),
    field('Autocomplete', 'city', { options: 'Bandung\nSolo' }),
    field('Read Only', 'origin'),
    field('Image', 'photo_view', { options: 'photo' }),
    field('Icon', 'symbol'),
    field('Button', 'send', { options: 'send_letter' }),
    field('Heading', 'heading_1'),
    field('HTML', 'html_1', { options: '<p>Hello</p>' }),
    field('Data', 'version', { length: 20 }),
    field('Data', 'order', { description: 'A word of <b>SQL</b>' }),
    field('Data', 'group'),
    field('Mystery', 'riddle'),
    field('Link', 'amended_from', { options: 'Repair Order', read_only: 1 }),
  ],
  {
    autoname: 'naming_series:',
    is_submittable: 1,
    track_changes: 1,
    title_field: 'customer_name',
    search_fields: 'customer_name, status, phone',
    image_field: 'photo',
    states: [
      { color: 'Red', title: 'Open' },
      { color: 'Light Blue', title: 'In Work' },
    ],
    permissions: [
      admin,
      { ...clerk, if_owner: 1 },
      { role: 'Workshop Clerk', permlevel: 1, read: 1 },
      { role: 'Workshop Manager', read: 1, write: 1, create: 1, delete: 1, select: 1 },
      { role: 'Workshop Manager', permlevel: 1, read: 1, write: 1 },
    ],
  },
);

export const testDocTypes: readonly Facts[] = [
  everything,
  docType(
    'Repair Part',
    [
      field('Link', 'item', { options: 'Spare Part', reqd: 1, in_list_view: 1, columns: 3 }),
      field('Float', 'qty', { default: '1', in_list_view: 1, depends_on: 'eval:parent.is_urgent == 0' }),
      field('Currency', 'rate', { fetch_from: 'item.price', fetch_if_empty: 1 }),
      field('Table', 'nested', { options: 'Repair Part' }),
    ],
    { istable: 1, permissions: [] },
  ),
  docType('Repair Technician Link', [field('Link', 'technician', { options: 'Technician' })], {
    istable: 1,
    permissions: [],
  }),
  docType(
    'Repair Customer',
    [
      field('Data', 'title', { reqd: 1, unique: 1 }),
      field('Data', 'email', { options: 'Email' }),
      field('Table', 'usual_parts', { options: 'Repair Part' }),
    ],
    { autoname: 'field:title', allow_rename: 1 },
  ),
  docType('Technician', [field('Data', 'grade', { length: 2000 })], { autoname: 'prompt', naming_rule: 'Set by user' }),
  docType('Spare Part', [field('Data', 'description'), field('Currency', 'price')], { autoname: 'PART-.#####' }),
  docType(
    'Part Group',
    [
      field('Data', 'group_name', { reqd: 1 }),
      field('Check', 'is_group'),
      field('Link', 'parent_part_group', { options: 'Part Group' }),
      field('Int', 'lft', { hidden: 1 }),
      field('Int', 'rgt', { hidden: 1 }),
    ],
    { is_tree: 1, nsm_parent_field: 'parent_part_group', autoname: 'hash' },
  ),
  docType('Workshop Settings', [field('Check', 'open_on_sunday')], { issingle: 1 }),
  docType('Expense', [field('Date', 'date')], { autoname: 'format:EXP-{YYYY}-{MM}-{#####}' }),
  docType('Log', [field('Text', 'message')], { autoname: 'autoincrement' }),
  docType(
    'Wide',
    Array.from({ length: 200 }, (_, index) => field('Data', `note_${index}`)),
    { autoname: 'hash' },
  ),
];

/** As many DocTypes as a large app has, each with links to others and rows. */
export function manyDocTypes(count: number): readonly Facts[] {
  return Array.from({ length: count }, (_, index) => {
    if (index % 4 === 3) {
      const fields = [
        field('Link', 'item', { options: `Type ${index - 3}` }),
        field('Float', 'qty'),
        field('Currency', 'rate'),
      ];
      return docType(`Type ${index}`, fields, { istable: 1, permissions: [] });
    }
    const plain = ['Data', 'Int', 'Currency', 'Date', 'Check', 'Small Text', 'Percent'].flatMap((type) =>
      Array.from({ length: 3 }, (_, place) => field(type, `${type.toLowerCase().replace(' ', '_')}_${place}`)),
    );
    return docType(
      `Type ${index}`,
      [
        field('Data', 'title', { reqd: 1, in_list_view: 1 }),
        ...plain,
        field('Link', 'other', { options: `Type ${index - (index % 4)}` }),
        ...(index % 4 === 2 && index + 1 < count ? [field('Table', 'rows', { options: `Type ${index + 1}` })] : []),
      ],
      { module: `Module ${index % 20}` },
    );
  });
}
