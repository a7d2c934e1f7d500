package io.crossfade.router.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One keep-alive connection: a request, its answer, the next. */
final class LoadConnection {

  private static final int LONGEST_ANSWER = 2 * 1024;

  private final SocketChannel channel;
  private final int number;
  private final byte[] request;
  private final ByteBuffer out;
  private final byte[] answer = new byte[LONGEST_ANSWER];
  private final ByteBuffer in = ByteBuffer.wrap(answer);
  private int status;
  private long due;
  private long sent;

  LoadConnection(SocketChannel channel, int number, byte[] request) {
    this.channel = channel;
    this.number = number;
    this.request = request;
    this.out = ByteBuffer.wrap(request);
  }

  SocketChannel channel() {
    return channel;
  }

  int number() {
    return number;
  }

  /** When the next request is to be sent, or the one that is out was. */
  long due() {
    return due;
  }

  void dueAt(long nanoTime) {
    due = nanoTime;
  }

  /** How many requests it has sent. */
  long sent() {
    return sent;
  }

  /** Status of the last answer. */
  int status() {
    return status;
  }

  /** Makes the next request. */
  void fill(Uploads uploads, long upload) {
    uploads.fill(request, upload);
    out.clear();
    in.clear();
    sent++;
  }

  /** Sends what can be sent of the request; whether that was all. */
  boolean write() throws IOException {
    channel.write(out);
    return !out.hasRemaining();
  }

  /** Reads what has come; whether it is the whole answer. */
  boolean read() throws IOException {
    int read = channel.read(in);
    if (read < 0 || (read == 0 && !in.hasRemaining())) {
      throw new IOException(read < 0 ? "closed" : "an answer longer than the buffer");
    }
    String text = new String(answer, 0, in.position(), StandardCharsets.ISO_8859_1);
    int head = text.indexOf("\r\n\r\n");
    if (head < 0) {
      return false;
    }
    int at = text.indexOf("Content-Length: ") + "Content-Length: ".length();
    int length = Integer.parseInt(text, at, text.indexOf('\r', at), 10);
    status = Integer.parseInt(text, 9, 12, 10);
    return in.position() >= head + 4 + length;
  }
}
