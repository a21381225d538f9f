import type { OpenTransport } from './transport.ts';

/** The usual line: one WebSocket. Throws where the page's policy forbids WebSocket. */
export const openSocket: OpenTransport = ({ origin, hello, frame, closed, environment }) => {
  const socket = new environment.WebSocket(`${origin.replace(/^http/, 'ws')}/v1/realtime`, 'foyer.v1');
  const end = () => {
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  };
  socket.onopen = () => socket.send(JSON.stringify(hello()));
  socket.onclose = ({ code }) => closed(code);
  socket.onmessage = ({ data }) => {
    let parsed;
    try {
      parsed = JSON.parse(String(data));
    } catch {
      // Something between us and the server speaks: hang up and try again.
      end();
      closed(1006);
      return;
    }
    frame(parsed);
  };
  return {
    send: (frames) => {
      for (const each of frames) socket.send(JSON.stringify(each));
    },
    close: end,
  };
};
