package io.crossfade.router.operator;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

/**
 * Believes what named proxies say of whom they ask for, and nobody else. Tomcat's own valve
 * believes every private address, which a client inside has too.
 */
final class TrustedProxies extends ValveBase {

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private final List<Network> trusted;

  TrustedProxies(List<Network> trusted) {
    super(true);
    this.trusted = List.copyOf(trusted);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    if (isTrusted(Network.address(request.getRemoteAddr()))) {
      InetAddress client = client(request);
      if (client != null) {
        request.setRemoteAddr(client.getHostAddress());
        request.setRemoteHost(client.getHostAddress());
      }
      if ("https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"))) {
        request.setSecure(true);
        request.getCoyoteRequest().scheme().setString("https");
        if (request.getServerPort() == HTTP) {
          request.setServerPort(HTTPS);
        }
      }
    }
    getNext().invoke(request, response);
  }

  /**
   * From the right, where the nearest proxy wrote: what stands before a stranger is his own word.
   */
  private @Nullable InetAddress client(Request request) {
    List<String> hops = new ArrayList<>();
    for (String header : Collections.list(request.getHeaders("X-Forwarded-For"))) {
      hops.addAll(List.of(header.split(",")));
    }
    InetAddress client = null;
    for (String hop : hops.reversed()) {
      InetAddress address = Network.address(hop.strip());
      if (address == null) {
        return client;
      }
      client = address;
      if (!isTrusted(address)) {
        return client;
      }
    }
    return client;
  }

  private boolean isTrusted(@Nullable InetAddress address) {
    return address != null && trusted.stream().anyMatch(network -> network.contains(address));
  }
}
