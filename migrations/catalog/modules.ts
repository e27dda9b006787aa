import {
  boolean,
  datetime,
  defineTable,
  id,
  integer,
  json,
  longtext,
  optional,
  text,
  timestamps,
} from '../define-table.ts';

/** R-A2. The spec's columns hold English; `translations` holds `{ "id": { "name", "description" } }` beside them. */
export const businessTypes = defineTable(
  'business_types',
  {
    id: id(),
    name: text(100),
    slug: text(100),
    description: optional(longtext()),
    icon: optional(text(100)),
    color: optional(text(7)),
    is_active: boolean(true),
    sort_order: integer(0),
    translations: optional(json()),
    ...timestamps,
  },
  { unique: [['slug']], indexes: [['is_active'], ['sort_order']] },
);

/** R-A3 */
export const modules = defineTable(
  'modules',
  {
    id: id(),
    name: text(100),
    slug: text(100),
    description: optional(longtext()),
    category: text(50),
    icon: optional(text(100)),
    version: text(20, '1.0.0'),
    is_core: boolean(false),
    is_active: boolean(true),
    sort_order: integer(0),
    translations: optional(json()),
    ...timestamps,
  },
  { unique: [['slug']], indexes: [['category'], ['is_core'], ['is_active'], ['category', 'is_active']] },
);

/** R-A4. Priority: 1 high, 2 medium, 3 low. */
export const moduleRecommendations = defineTable(
  'module_recommendations',
  {
    id: id(),
    business_type_id: id(),
    module_id: id(),
    priority: integer(2),
    is_required: boolean(false),
    ...timestamps,
  },
  {
    unique: [['business_type_id', 'module_id']],
    indexes: [['business_type_id'], ['module_id'], ['business_type_id', 'priority']],
    links: {
      business_type_id: { to: 'business_types', onDelete: 'cascade' },
      module_id: { to: 'modules', onDelete: 'cascade' },
    },
  },
);

/** R-A5. The modules of a company are the rows of its owner. */
export const userModules = defineTable(
  'user_modules',
  {
    id: id(),
    user_id: id(),
    module_id: id(),
    is_active: boolean(true),
    activated_at: optional(datetime()),
    configuration: optional(json()),
    ...timestamps,
  },
  {
    unique: [['user_id', 'module_id']],
    indexes: [['user_id'], ['module_id'], ['is_active'], ['user_id', 'is_active']],
    links: {
      user_id: { to: 'users', onDelete: 'cascade' },
      module_id: { to: 'modules', onDelete: 'restrict' },
    },
  },
);
