import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

/** A `server` block: where it listens (address:port), and what else it says. */
export type Listening = { listen: string; to: string; says?: string };

export type Configuration = {
  /** Name and ports on 127.0.0.1 of each group of servers. */
  upstreams: Record<string, number[]>;
  listening: Listening[];
  /** Directives of the `http` block that are tried. */
  says: string;
};

/** A real nginx, set up as docs/operate/several-processes.md says unless `says` says otherwise. */
export class Nginx implements AsyncDisposable {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(folder: string, configuration: Configuration): Promise<Nginx> {
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'nginx.conf');
    await writeFile(file, textOf(folder, configuration));
    const child = spawn('nginx', ['-p', folder, '-c', file, '-e', join(folder, 'error.log')], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    process.on('exit', () => child.kill('SIGTERM'));
    const nginx = new Nginx(child);
    for (const { listen } of configuration.listening) {
      const [host = '', port] = listen.split(':');
      await answering(host, Number(port));
    }
    return nginx;
  }

  /** New workers take over; the old ones have three seconds to finish what they carry. */
  reload(): void {
    this.#process.kill('SIGHUP');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGTERM');
    await once(this.#process, 'exit');
  }
}

function textOf(folder: string, { upstreams, listening, says }: Configuration): string {
  const groups = Object.entries(upstreams).map(([name, ports]) => {
    const servers = ports.map((port) => `server 127.0.0.1:${port} max_fails=0;`);
    return `upstream ${name} { ${servers.join(' ')} keepalive 32; }`;
  });
  const servers = listening.map(
    (one) => `server { listen ${one.listen}; ${one.says ?? ''} location / { proxy_pass http://${one.to}; } }`,
  );
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
worker_shutdown_timeout 3s;
user root;
worker_processes 2;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  map $http_upgrade $foyer_connection { default upgrade; '' ''; }
  proxy_set_header Host $host;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $foyer_connection;
  proxy_connect_timeout 2s;
  proxy_next_upstream error timeout http_503;
  ${says}
  ${groups.join('\n  ')}
  ${servers.join('\n  ')}
}
`;
}

async function answering(host: string, port: number): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    const socket = connect(port, host);
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    if (performance.now() > end) throw new Error(`nginx does not listen on ${host}:${port}`);
  }
}
