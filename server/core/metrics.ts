import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/** What /metrics shows. Labels are names from our code, never ids or texts. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
  const requests = new Histogram({
    name: 'foyer_http_request_seconds',
    help: 'Time of HTTP requests',
    labelNames: ['listener', 'path', 'status'],
    buckets: seconds,
    registers,
  });
  const connections = new Gauge({
    name: 'foyer_connections',
    help: 'Open realtime connections',
    labelNames: ['kind'],
    registers,
  });
  const frames = new Counter({
    name: 'foyer_frames_total',
    help: 'Frames received',
    labelNames: ['type'],
    registers,
  });
  const refusals = new Counter({
    name: 'foyer_refusals_total',
    help: 'Refused frames',
    labelNames: ['code'],
    registers,
  });
  const closes = new Counter({
    name: 'foyer_closes_total',
    help: 'Connections closed by us',
    labelNames: ['code'],
    registers,
  });
  const append = new Histogram({
    name: 'foyer_append_seconds',
    help: 'Time from a command to its commit',
    buckets: seconds,
    registers,
  });
  const batch = new Histogram({
    name: 'foyer_append_batch_entries',
    help: 'Entries committed together',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
    registers,
  });
  const broker = new Gauge({
    name: 'foyer_broker_connected',
    help: '1 while the broker is reached; absent without one',
    labelNames: ['broker'],
    registers,
  });
  const bus = new Counter({
    name: 'foyer_bus_events_total',
    help: 'Events to and from other processes',
    labelNames: ['event'],
    registers,
  });
  const healed = new Counter({
    name: 'foyer_healed_total',
    help: 'What a sweep of the database found and no event had told: streams, presence, sessions',
    labelNames: ['what'],
    registers,
  });
  return {
    broker,
    bus,
    healed,
    request: (listener: string, path: string, status: number, time: number) =>
      requests.observe({ listener, path, status: String(status) }, time),
    connections,
    frames,
    refusals,
    closes,
    append,
    batch,
    text: () => registry.metrics(),
  };
}
