import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Context } from 'koa';
import helmet from 'koa-helmet';

export type Headers = readonly (readonly [name: string, value: string])[];

/**
 * The security headers of every answer. They depend on nothing in a request, so helmet is asked once, when the server
 * starts, and its answer is kept.
 *
 * @param isSecure the public address is https: browsers are told to use nothing else
 */
export async function securityHeaders(isSecure: boolean): Promise<Headers> {
  const middleware = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // Vue and Chart.js set styles on elements.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(isSecure ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: isSecure,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  await middleware({ req, res } as Context, () => Promise.resolve());
  return Object.entries(res.getHeaders()).map(([name, value]) => [name, String(value)] as const);
}
