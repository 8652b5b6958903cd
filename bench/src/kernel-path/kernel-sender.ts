/**
 * A program: the kernel sends on one connection for as long as it lasts, by Node's own `net`; the route says with which
 * congestion control. Argument: JSON of {@link SenderTask}.
 */
import { connect } from 'node:net';
import type { SenderTask } from './stack-sender.js';

const task = JSON.parse(process.argv[2]) as SenderTask;
const chunk = Buffer.alloc(1 << 16);
const socket = connect({ host: task.address, port: task.port });
const pump = () => {
  while (socket.write(chunk));
};
socket.on('connect', pump);
socket.on('drain', pump);
socket.on('error', () => {});
socket.on('close', () => process.exit(0));
