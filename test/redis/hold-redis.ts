/** Started by the tests as a process of its own: starts the embedded Redis, says where it is, and stays until SIGTERM. */
import { startEmbeddedRedis } from '../../src/redis/embedded.ts';

const [dataDir = ''] = process.argv.slice(2);
const redis = await startEmbeddedRedis({ dataDir });
// Before anybody knows of us: a signal that comes sooner would end this process and leave its server.
process.once('SIGTERM', () => void redis.stop());
process.stdout.write(`${JSON.stringify({ url: redis.url, pid: redis.pid, reused: redis.reused })}\n`);
