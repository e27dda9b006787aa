// `node serve-equal.js <company database> <catalog database> <company's slug>`
import { equalServer } from './servers/equal.ts';
import { openStore } from './servers/open-store.ts';
import { serve } from './servers/serve.ts';

const [, , company = '', catalog = '', slug = ''] = process.argv;
serve(equalServer({ catalog: openStore(catalog), company: openStore(company), slug }));
