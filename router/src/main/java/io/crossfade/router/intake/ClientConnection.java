package io.crossfade.router.intake;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * What becomes of a body that nobody has read. Tomcat would wait for it for as long as the client
 * likes to send a byte now and then. A small one is a packet behind its head: it is waited for as
 * {@link ClientProtocol} lets it come, since a client whose connection ends under its next request
 * takes that for a failure. A large one ends the connection with the answer.
 */
public final class ClientConnection extends ValveBase {

  /** Bytes; larger than what operators send. */
  private static final int SMALL = 64 * 1024;

  private static final String ATTRIBUTE = ClientConnection.class.getName();
  private static final String ENDED = ATTRIBUTE + ".ended";

  public ClientConnection() {
    super(/* asyncSupported= */ true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    var coyote = request.getCoyoteRequest();
    if (coyote.getResponse().isErrorReportRequired() && request.getAttribute(ENDED) != null) {
      // It has its answer. Tomcat takes a body that is not read for an error, and would answer with
      // a page instead.
      response.finishResponse();
      return;
    }
    if (!comes(coyote)) {
      getNext().invoke(request, response);
      return;
    }
    request.setAttribute(ATTRIBUTE, coyote);
    getNext().invoke(request, response);
    if (!request.isAsync() && comes(coyote) && !(isSmall(coyote) && takesTheRest(coyote))) {
      coyote.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
  }

  private static boolean isSmall(org.apache.coyote.Request request) {
    long length = request.getContentLengthLong();
    return length >= 0 && length <= SMALL;
  }

  /** Reads and drops the rest; {@code false} when it does not come. */
  private static boolean takesTheRest(org.apache.coyote.Request request) {
    Dropped dropped = new Dropped();
    try {
      int read;
      do {
        read = request.doRead(dropped);
      } while (read >= 0);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Takes what is read. */
  private static final class Dropped implements ApplicationBufferHandler {

    private ByteBuffer buffer = ByteBuffer.allocate(0);

    @Override
    public void setByteBuffer(ByteBuffer read) {
      buffer = read;
    }

    @Override
    public ByteBuffer getByteBuffer() {
      return buffer;
    }

    @Override
    public void expand(int size) {
      // it is given buffers, and fills none
    }
  }

  /** Waits no longer for what a request, which has its answer, may still send. */
  static void abandon(ServletRequest request) {
    request.setAttribute(ENDED, true);
    if (request.getAttribute(ATTRIBUTE) instanceof org.apache.coyote.Request coyote) {
      coyote.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
  }

  /** Whether some of the body is not here yet. */
  private static boolean comes(org.apache.coyote.Request request) {
    long length = request.getContentLengthLong();
    if (length < 0) {
      return !request.isFinished();
    }
    long left = length - request.getBytesRead();
    if (left <= 0) {
      return false;
    }
    request.action(ActionCode.AVAILABLE, Boolean.FALSE);
    return request.getAvailable() < left;
  }
}
