import type { JsonSchema } from '../metamodel/field-type.ts';
import automation from '../../../metadata/schema/automation.schema.json' with { type: 'json' };
import businessType from '../../../metadata/schema/business-type.schema.json' with { type: 'json' };
import common from '../../../metadata/schema/common.schema.json' with { type: 'json' };
import dashboard from '../../../metadata/schema/dashboard.schema.json' with { type: 'json' };
import entity from '../../../metadata/schema/entity.schema.json' with { type: 'json' };
import fixture from '../../../metadata/schema/fixture.schema.json' with { type: 'json' };
import flow from '../../../metadata/schema/flow.schema.json' with { type: 'json' };
import form from '../../../metadata/schema/form.schema.json' with { type: 'json' };
import ledger from '../../../metadata/schema/ledger.schema.json' with { type: 'json' };
import module from '../../../metadata/schema/module.schema.json' with { type: 'json' };
import permission from '../../../metadata/schema/permission.schema.json' with { type: 'json' };
import posting from '../../../metadata/schema/posting.schema.json' with { type: 'json' };
import print from '../../../metadata/schema/print.schema.json' with { type: 'json' };
import report from '../../../metadata/schema/report.schema.json' with { type: 'json' };
import template from '../../../metadata/schema/template.schema.json' with { type: 'json' };
import translation from '../../../metadata/schema/translation.schema.json' with { type: 'json' };
import view from '../../../metadata/schema/view.schema.json' with { type: 'json' };
import workflow from '../../../metadata/schema/workflow.schema.json' with { type: 'json' };
import type { DocumentKind } from './kinds.ts';

/** Definitions that the schemas of all kinds share. */
export const commonSchema: JsonSchema = common;

/** The published JSON Schema of every kind of document. */
export const kindSchemas: Readonly<Record<DocumentKind, JsonSchema>> = {
  automation,
  business_type: businessType,
  dashboard,
  entity,
  fixture,
  flow,
  form,
  ledger,
  module,
  permission,
  posting,
  print,
  report,
  template,
  translation,
  view,
  workflow,
};
