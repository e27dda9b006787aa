// Compiles a large company in a fresh process and prints what it took, as JSON.
import { compile } from '../engine/src/compiler/compile.ts';
import { syntheticLayers } from './synthetic.ts';

const ENTITIES = 1_000;
const FIELDS_PER_ENTITY = 20;

const layers = syntheticLayers(ENTITIES, FIELDS_PER_ENTITY);

const began = performance.now();
const { model, diagnostics } = compile(layers, 'synthetic');
const seconds = (performance.now() - began) / 1000;
if (model === null) throw new Error(JSON.stringify(diagnostics.slice(0, 5), undefined, 2));

const fields = [...model.entities.values()].reduce((sum, entity) => sum + entity.fields.length, 0);
console.log(JSON.stringify({ entities: model.entities.size, fields, seconds }));
