package io.crossfade.router.intake;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Ends a connection with the answer when the rest of its body is still to come: Tomcat would wait
 * for it, on a thread, for as long as the client likes to send a byte now and then.
 */
public final class ClientConnection extends ValveBase {

  private static final String ATTRIBUTE = ClientConnection.class.getName();

  public ClientConnection() {
    super(/* asyncSupported= */ true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    var coyote = request.getCoyoteRequest();
    if (!comes(coyote)) {
      getNext().invoke(request, response);
      return;
    }
    request.setAttribute(ATTRIBUTE, coyote);
    getNext().invoke(request, response);
    if (!request.isAsync() && comes(coyote)) {
      coyote.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
  }

  /** Waits no longer for what a request may still send. */
  static void abandon(ServletRequest request) {
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
