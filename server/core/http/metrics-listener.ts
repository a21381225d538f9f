import fastify from 'fastify';
import type { Metrics } from '../metrics.ts';
import type { Listener } from './listener.ts';

/**
 * A listener that answers `GET /metrics` and knows nothing else. The counts of all accounts are nobody's business who
 * merely reaches the console, so they have a port of their own, to which no proxy leads by accident.
 */
export function createMetricsListener(metrics: Metrics): Listener {
  const app: Listener = fastify({ logger: false, forceCloseConnections: true, requestTimeout: 10_000 });
  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4').send(await metrics.text()),
  );
  return app;
}
