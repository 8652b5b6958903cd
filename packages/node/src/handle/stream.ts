import { type NativeTls, nativeParts, type StreamRequest, uvCode } from '../binding.js';
import type { Home } from '../home.js';
import { atEndOfRound, directly, type News, newsOf, Source } from '../rounds.js';
import type { End, EndOwner } from './end.js';
import { ImmediateWrites } from './immediate-writes.js';
import { endsEarly, isPlainRequest, isPreface, ReadBuffer, tellFailure } from './reads.js';
import { lengthOf, type PendingWrite, waitingBytes, writeAll, writeInto } from './writes.js';

/**
 * What native code takes for a write that needs no callback, if it is the code of HTTP/2: as it is where a kernel takes all
 * bytes at once. Any number does that says neither 0 nor less. The code of TLS knows no such thing.
 */
const DONE = 1;

/**
 * A stream handle as Node's own code expects one (lib/net.js on top, native TLS, HTTP and HTTP/2 code inside), with a
 * connection of the stack under it. Its state is private, so that an inspected socket looks as it does elsewhere.
 */
export abstract class StreamHandle extends ImmediateWrites implements EndOwner {
  #home: Home;
  readonly #source = new Source(() => this.#end?.hungUp === true);
  #end: End | null = null;
  #open = false;
  #reading = false;
  #readQueued = false;
  #ended = false;
  readonly #buffer = new ReadBuffer();
  #writes: PendingWrite[] = [];
  /** Writes that are done, and nobody was told yet. */
  #untold = 0;
  #shutdown: StreamRequest | null = null;
  #finished = false;
  /** Bytes written without the native code's knowledge. */
  #bytes = 0;
  #closing = false;
  #closed = false;
  #referenced = true;
  #held = false;
  #tls: NativeTls | null = null;
  /** Whether the native code of TLS or HTTP/2 reads and writes here. */
  #native = false;

  /** Set by _http_server.js where the native parser reads. */
  declare _consumed?: boolean;

  constructor(home: Home) {
    super();
    this.#home = home;
    home.handles.add(this);
  }

  /** How Node lists it among what keeps the process running. */
  abstract get resourceName(): string;

  /** @internal */
  protected get home(): Home {
    return this.#home;
  }

  /** @internal As whom it is told of. */
  protected get source(): Source {
    return this.#source;
  }

  /** @internal */
  protected get end(): End | null {
    return this.#end;
  }

  /** @internal */
  protected get closing(): boolean {
    return this.#closing;
  }

  /** @internal Whether the connection is established. */
  protected get connected(): boolean {
    return this.#open;
  }

  /** @internal Puts a connection under the handle, or none: it could not be established. */
  protected attach(end: End | null, open: boolean): void {
    this.#end = end;
    this.#open = open;
    if (end !== null) end.owner = this;
  }

  /** @internal */
  protected setOpen(): void {
    this.#open = true;
    this.keepAwake();
  }

  /** @internal Whether the handle waits for somebody, reading apart: listening keeps a process alive. */
  protected get waits(): boolean {
    return false;
  }

  /** @internal Whether something was asked for that has not come yet: that keeps a process alive whatever `unref` says. */
  protected get asked(): boolean {
    return this.#writes.length > 0 || this.#untold > 0 || this.#shutdown !== null;
  }

  /** @internal Lets go of what the class has beside the stream. */
  protected abstract release(): void;

  /** @internal Tells of what can no longer come. */
  protected abstract cancel(): void;

  /** @internal As libuv has it: what is active and referenced keeps the process running, and so does any request. */
  protected keepAwake(): void {
    const reads = this.#reading && this.#open && !this.#ended;
    const wanted = !this.#closing && ((this.#referenced && (reads || this.waits)) || this.asked);
    if (wanted === this.#held) return;
    this.#held = wanted;
    if (wanted) this.#home.awake.hold();
    else this.#home.awake.release();
  }

  /** @internal */
  isClosing(): boolean {
    return this.#closing;
  }

  /** @internal */
  onreadstart(): number {
    if (this.#closing) return uvCode('EINVAL');
    if (this.#end === null || !this.#open) return uvCode('ENOTCONN');
    this.#reading = true;
    this.keepAwake();
    const { waiting, finished, failure } = this.#end;
    if ((waiting > 0 || finished || failure !== 0) && !this.#readQueued) {
      this.#readQueued = true;
      this.#home.rounds.tellLate(this.#tellRead);
    }
    return 0;
  }

  /** @internal */
  onreadstop(): number {
    this.#reading = false;
    this.keepAwake();
    return 0;
  }

  /** @internal Bytes that could not be taken at once, or that native code writes. */
  onwrite(request: StreamRequest, chunks: readonly Uint8Array[]): number {
    // After close() nothing may leave any more: a TLS client that rejects a certificate still has its request to write.
    if (this.#closing) return uvCode('EBADF');
    if (this.#end === null || !this.#open) return uvCode('ENOTCONN');
    if (this.#shutdown !== null || this.#finished) return uvCode('EPIPE');
    if (!this.writing) this.#becomeNative();
    if (this.#end.finished) this.#home.rounds.settle();
    const { room } = this.#end;
    if (room < 0) return room;
    if (!this.writing && this.fits(lengthOf(chunks))) {
      writeAll(this.#end, chunks, this.#home.tcp.host.turn);
      if (this.#tls === null) return DONE;
      this.#tellWritten(request, 0, true);
      return 0;
    }
    this.#writes.push({ request, chunks, index: 0, at: 0 });
    if (this.#writes.length === 1) this.roomy();
    return 0;
  }

  /** @internal */
  onshutdown(request: StreamRequest): number {
    if (this.#closing || this.#end === null || !this.#open || this.#shutdown !== null || this.#finished) {
      return uvCode('ENOTCONN');
    }
    this.#shutdown = request;
    if (this.#writes.length === 0) this.#tellShutdown();
    this.keepAwake();
    return 0;
  }

  /** @internal */
  abstract opened(status: number): void;

  /** @internal */
  arrived(): void {
    if (this.#readQueued || !this.#reading) return;
    this.#readQueued = true;
    this.#home.rounds.tell(this.#tellRead);
  }

  /** @internal Writes as much as there is room for. */
  roomy(): void {
    const end = this.#end;
    const { turn } = this.#home.tcp.host;
    if (end === null || this.#closing || this.#writes.length === 0) return;
    turn.enter();
    try {
      for (let write = this.#writes[0]; write !== undefined; write = this.#writes[0]) {
        const status = writeInto(end, write);
        if (status > 0) break;
        this.#writes.shift();
        this.#tellWritten(write.request, status);
      }
    } finally {
      turn.leave();
    }
    if (this.#writes.length > 0) return;
    if (this.#shutdown !== null) this.#tellShutdown();
    this.keepAwake();
  }

  /** @internal Who reads is told first, and may close: a write that waits fails after that. */
  broken(): void {
    this.arrived();
    if (this.#writes.length > 0) this.#home.rounds.tell(newsOf(this.#source, () => this.roomy()));
  }

  /** What was to be told as to a program is told as to native code, where that has taken over in the meantime. */
  #tellRead: News = newsOf(this.#source, () =>
    this.#native ? this.#home.rounds.tellNext(this.#tellRead) : this.#read(),
  );

  /** Marks what native code makes several callbacks of. */
  #news(news: () => void): News {
    return this.#native ? directly(news) : news;
  }

  #becomeNative(): void {
    if (this.#native) return;
    this.#native = true;
    this.#tellRead = directly(() => this.#read(), this.#source);
    this.#tellEnd = directly(this.#tellEnd, this.#source);
  }

  #tellWritten(request: StreamRequest, status: number, last = false): void {
    this.#untold++;
    const tell = () => {
      this.#untold--;
      this.keepAwake();
      this.finishWrite(request, status);
    };
    if (last) this.#home.rounds.tellLast(this.#news(tell));
    else this.#home.rounds.tellSoon(this.#news(tell));
  }

  #tellShutdown(): void {
    const request = this.#shutdown as StreamRequest;
    // A connection that is closed in the meantime takes its shutdown with it.
    const tell = () => {
      if (this.#shutdown === null) return;
      this.#home.rounds.settle();
      const status = (this.#end as End).shutdown();
      this.#shutdown = null;
      this.#finished = true;
      this.keepAwake();
      this.finishShutdown(request, status);
    };
    this.#home.rounds.tellSoonOf(this.#source, this.#news(tell));
  }

  #read(): void {
    // What was written since this round began can be read in it, as on a kernel's loopback: it makes no news of its own, nor
    // does what comes because there is room now.
    this.#home.rounds.settle();
    const end = this.#reading && !this.#closing && !this.#ended ? this.#end : null;
    const buffer = this.#buffer;
    const bytes = end === null || end.waiting === 0 ? null : buffer.fill(end);
    this.#readQueued = false;
    if (end === null) return;
    if (bytes !== null) {
      const more = end.waiting > 0 || end.finished || end.failure !== 0;
      if (buffer.followed(more)) this.#again(this.#tellRead);
      else if (!buffer.full && endsEarly && this.#source.hungUp) this.#again(this.#tellEnd);
      else if (more) this.arrived();
      this.#hand(bytes);
    } else if (end.failure !== 0 && !end.finished) {
      this.#ended = true;
      this.keepAwake();
      tellFailure(this.#tls ?? this, end.takeFailure());
    } else if (end.finished) this.#tellEnd();
  }

  #again(news: News): void {
    this.#readQueued = true;
    this.#home.rounds.tellNext(news);
  }

  /** Hands bytes to who reads: the program, or native code that was put here and is known by what it reads. */
  #hand(bytes: Uint8Array): void {
    if (this.#native || (this._consumed !== true && !isPreface(bytes)) || isPlainRequest(bytes)) {
      this.readBuffer(bytes);
      return;
    }
    const copy = bytes.slice();
    this.#home.rounds.tellNext(
      directly(() => {
        if (this.#reading && !this.#closing) this.readBuffer(copy);
      }, this.#source),
    );
  }

  #tellEnd: News = newsOf(this.#source, () => {
    this.#readQueued = false;
    if (!this.#reading || this.#closing || this.#ended) return;
    this.#ended = true;
    this.keepAwake();
    this.emitEOF();
  });

  /** Bytes that were written, those that wait among them. */
  get bytesWritten(): number {
    return this.slowBytes + this.#bytes;
  }

  /** Bytes that wait for room: net.js asks whether a write that takes long makes headway. */
  get writeQueueSize(): number {
    return waitingBytes(this.#writes);
  }

  /** The native TLS code reads from here on. */
  wrappedBy(tls: NativeTls): void {
    this.#tls = tls;
    this.#becomeNative();
  }

  override useUserBuffer(buffer: Uint8Array): number {
    this.#buffer.size = buffer.byteLength;
    return super.useUserBuffer(buffer);
  }

  /** @internal */
  protected override fits(length: number): boolean {
    const end = this.#end;
    if (this.#closing || end === null || !this.#open || this.#writes.length > 0 || this.#shutdown !== null)
      return false;
    // A peer that has ended may have closed: what was written last has had its reset by now. Or it has had its room.
    if (end.finished || end.writableBytes < length) this.#home.rounds.settle();
    return end.healthy && end.writableBytes >= length;
  }

  /** @internal */
  protected override put(chunks: readonly Uint8Array[]): number {
    const length = writeAll(this.#end as End, chunks, this.#home.tcp.host.turn);
    this.#bytes += length;
    const { streamBaseState, kBytesWritten, kLastWriteWasAsync } = nativeParts();
    streamBaseState[kBytesWritten] = length;
    streamBaseState[kLastWriteWasAsync] = 0;
    return 0;
  }

  /** Closes; `callback` comes when the event loop has been through its other business. */
  close(callback?: () => void): void {
    if (this.#closing) return;
    this.#close(callback, false);
  }

  /** As `close`, with a reset. */
  reset(callback?: () => void): number {
    if (this.#closing) return 0;
    if (this.#shutdown !== null) return uvCode('EINVAL');
    this.#close(callback, true);
    return 0;
  }

  #close(callback: (() => void) | undefined, reset: boolean): void {
    this.#closing = true;
    this.#reading = false;
    this.release();
    // What is on its way has come by now: it may be something that nobody has read.
    this.#home.rounds.settle();
    if (reset) this.#end?.reset();
    else if (this.#end !== null) this.#home.letGo(this.#end);
    this.#home.rounds.settle();
    this.keepAwake();
    atEndOfRound(() => this.#tellClosed(callback));
  }

  /** What was asked for and did not come is cancelled before anything else is heard of it. */
  #tellClosed(callback: (() => void) | undefined): void {
    this.#closed = true;
    this.#home.handles.delete(this);
    const cancelled = uvCode('ECANCELED');
    const shutdown = this.#shutdown;
    this.#shutdown = null;
    for (const { request } of this.#writes.splice(0)) this.finishWrite(request, cancelled);
    if (shutdown !== null) this.finishShutdown(shutdown, cancelled);
    this.cancel();
    if (typeof callback === 'function') callback.call(this);
  }

  ref(): void {
    this.#referenced = true;
    this.keepAwake();
  }

  unref(): void {
    this.#referenced = false;
    this.keepAwake();
  }

  hasRef(): boolean {
    return this.#referenced && !this.#closed;
  }
}
