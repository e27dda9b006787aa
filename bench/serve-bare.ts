// `node serve-bare.js <company database>`
import { bareServer } from './servers/bare.ts';
import { openStore } from './servers/open-store.ts';
import { serve } from './servers/serve.ts';

const [, , company = ''] = process.argv;
serve(bareServer(openStore(company)));
