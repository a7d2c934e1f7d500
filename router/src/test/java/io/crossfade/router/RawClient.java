package io.crossfade.router;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One connection whose client sends what it likes, when it likes. */
public final class RawClient implements AutoCloseable {

  private final Socket socket;
  private final CountDownLatch closed = new CountDownLatch(1);

  public RawClient(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(180_000);
  }

  /** Head of an upload that announces a body. */
  public static String head(String path, String... headers) {
    return "POST %s HTTP/1.1\r\nHost: router\r\n%s\r\n"
        .formatted(path, headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n");
  }

  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** From now on sends a byte now and then, until it ends or is ended. */
  public void drip() {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (!closed.await(100, TimeUnit.MILLISECONDS)) {
                  send("x");
                }
              } catch (IOException | InterruptedException e) {
                // its connection ended
              }
            });
  }

  /** The status of the next answer; -1 when the connection ends without one. */
  public int status() {
    try {
      StringBuilder line = new StringBuilder();
      for (int c = socket.getInputStream().read(); c != '\n'; c = socket.getInputStream().read()) {
        if (c < 0) {
          return -1;
        }
        line.append((char) c);
      }
      return Integer.parseInt(line.toString().split(" ")[1]);
    } catch (IOException e) {
      return -1;
    }
  }

  /** Goes on to the end of the answer's head. */
  public void skipHead() throws IOException {
    StringBuilder head = new StringBuilder("\r\n");
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = socket.getInputStream().read();
      if (c < 0) {
        throw new EOFException("the connection ended in the head");
      }
      head.append((char) c);
    }
  }

  /** What else it is sent until the connection ends. */
  public String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
