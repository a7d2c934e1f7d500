package io.crossfade.db;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP link to a real server that a test can cut and mend: connections break, new ones are
 * refused. Or they stay and answer nothing.
 */
public final class CutLink implements Closeable {

  private volatile int targetPort;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Socket> robbed = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile Set<Socket> mute = Set.of();
  private volatile boolean swallowing;

  /** Forwards from a free port of the loopback interface to {@code targetPort}. */
  public CutLink(int targetPort) {
    this.targetPort = targetPort;
    try {
      this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Whether somebody is connected, or thinks so. */
  public boolean isUsed() {
    return !sockets.isEmpty();
  }

  public void cut() {
    cut = true;
    sockets.forEach(CutLink::closeQuietly);
  }

  /** On the connections that are open, the server gets what is sent and its answers are lost. */
  public void mute() {
    mute = Set.copyOf(sockets);
  }

  /** New connections go to another server; those that are open stay where they are. */
  public void redirect(int port) {
    targetPort = port;
  }

  public void mend() {
    cut = false;
  }

  /**
   * Packets vanish in both directions, on new connections too, and nobody is told. What has
   * vanished does not come again: connections that lost some are reset by {@link #flow}.
   */
  public void swallow() {
    swallowing = true;
  }

  /** Packets arrive again. */
  public void flow() {
    swallowing = false;
    robbed.forEach(CutLink::closeQuietly);
    robbed.clear();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (cut) {
          closeQuietly(client);
          continue;
        }
        Socket target = new Socket();
        sockets.add(client);
        sockets.add(target);
        target.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
        client.setTcpNoDelay(true);
        target.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> pump(client, target, false));
        Thread.ofVirtual().start(() -> pump(target, client, true));
      } catch (SocketException e) {
        // closed, or the target is down: the client sees a broken connection
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void pump(Socket from, Socket to, boolean answer) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16 * 1024];
      for (int read = in.read(buffer); read >= 0 && !cut; read = in.read(buffer)) {
        if (swallowing) {
          robbed.add(from);
          robbed.add(to);
        } else if (!answer || !mute.contains(from)) {
          out.write(buffer, 0, read);
          out.flush();
        }
      }
    } catch (IOException e) {
      // either side went away
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // already gone
    }
  }
}
