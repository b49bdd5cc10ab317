import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The server's half of a WebSocket (RFC 6455), as far as Socket Mode uses it: text, ping and close, no extensions. */
export interface ServerSocket {
  sendText(text: string): void;
  close(): void;
  readonly isOpen: boolean;
}

const HANDSHAKE_KEY = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const OPCODE = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;
const LENGTH_LIMIT = 1_000_000;

interface Frame {
  readonly isLast: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
  /** Bytes of the whole frame. */
  readonly size: number;
}

/** The first frame of `data`; nothing while it is incomplete. A client's frames are always masked (section 5.3). */
function readFrame(data: Buffer): Frame | undefined {
  if (data.length < 2) return undefined;
  const [first = 0, second = 0] = data;
  const short = second & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + extra + 4;
  if (data.length < start) return undefined;
  const length = extra === 0 ? short : extra === 2 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2));
  if ((second & 0x80) === 0 || length > LENGTH_LIMIT) throw new Error('This frame is not allowed.');
  if (data.length < start + length) return undefined;
  const mask = data.subarray(start - 4, start);
  const payload = Buffer.from(data.subarray(start, start + length)).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return { isLast: (first & 0x80) !== 0, opcode: first & 0x0f, payload: Buffer.from(payload), size: start + length };
}

function writeFrame(opcode: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = payload.length < 126 ? payload.length : head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(payload.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** Accepts an upgrade request. `onText` gets each whole text message, `onClose` is called once. */
export function acceptSocket(
  request: IncomingMessage,
  stream: Duplex,
  { onText, onClose }: { onText: (text: string) => void; onClose: () => void },
): ServerSocket {
  const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${HANDSHAKE_KEY}`).digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  stream.write(`${[...head, `Sec-WebSocket-Accept: ${key}`].join('\r\n')}\r\n\r\n`);
  let pending: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let isOpen = true;

  const send = (opcode: number, payload: Buffer): void => {
    if (isOpen && stream.writable) stream.write(writeFrame(opcode, payload));
  };
  const take = ({ opcode, payload, isLast }: Frame): void => {
    if (opcode === OPCODE.ping) send(OPCODE.pong, payload);
    if (opcode === OPCODE.close) {
      send(OPCODE.close, payload);
      stream.end();
    }
    if (opcode === OPCODE.text || opcode === OPCODE.continuation) {
      parts.push(payload);
      if (isLast) onText(Buffer.concat(parts.splice(0)).toString());
    }
  };
  stream.on('data', (data: Buffer) => {
    pending = Buffer.concat([pending, data]);
    try {
      for (let frame = readFrame(pending); frame; frame = readFrame(pending)) {
        pending = pending.subarray(frame.size);
        take(frame);
      }
    } catch {
      stream.destroy();
    }
  });
  stream.on('error', () => stream.destroy());
  stream.on('close', () => {
    isOpen = false;
    parts = [];
    onClose();
  });
  return {
    sendText: (text) => send(OPCODE.text, Buffer.from(text)),
    close: () => {
      send(OPCODE.close, Buffer.from([0x03, 0xe8]));
      stream.end();
    },
    get isOpen() {
      return isOpen;
    },
  };
}
