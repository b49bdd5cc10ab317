import net from 'node:net';

/** Loaded into the program under test: its calls to port 443 of any host go to OWN_HOSTS_PORT on loopback. Names in certificates stay as they are. */
const port = Number(process.env.OWN_HOSTS_PORT);
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  // As Node passes them: a list of its own (`[options, callback]`) from net.connect, and plain arguments from elsewhere.
  const isList = Array.isArray(args[0]);
  const given = (isList ? args[0] : args) as unknown[];
  const [first] = given as [net.TcpNetConnectOpts | undefined];
  const goesOut = typeof first === 'object' && Number(first.port) === 443 && !LOOPBACK.includes(first.host ?? '');
  if (goesOut && port > 0) given[0] = { ...first, host: '127.0.0.1', port, lookup: undefined };
  return Reflect.apply(connect, this, args) as net.Socket;
} as typeof connect;
