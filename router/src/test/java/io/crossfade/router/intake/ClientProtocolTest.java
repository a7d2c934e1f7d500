package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.budget.BudgetSettings;
import io.crossfade.router.RawClient;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** Who is ended for being slow, when the look comes an hour after the request. */
class ClientProtocolTest {

  private static final BudgetSettings SETTINGS =
      new BudgetSettings(
          0.1,
          DataSize.ofKilobytes(64),
          DataSize.ofKilobytes(64),
          Duration.ofSeconds(10),
          DataSize.ofKilobytes(2),
          Duration.ofMinutes(2));

  private final ClientProtocol protocol = new ClientProtocol();
  private final Tomcat tomcat = new Tomcat();
  private final Semaphore done = new Semaphore(0);
  private int port;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    tomcat.setBaseDir(directory.toString());
    Connector connector = new Connector(protocol);
    connector.setPort(0);
    tomcat.setConnector(connector);
    tomcat.getEngine().getPipeline().addValve(new ClientConnection());
    Context context = tomcat.addContext("", directory.toString());
    Tomcat.addServlet(
        context,
        "page",
        new HttpServlet() {
          @Override
          protected void doPost(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            answer(request, response);
          }
        });
    context.addServletMappingDecoded("/*", "page");
    tomcat.start();
    port = connector.getLocalPort();
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  /** Looks where the path says. */
  private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (request.getRequestURI().contains("done")) {
      response.setContentLength(0);
      done.release();
      return;
    }
    if (request.getRequestURI().contains("before")) {
      lookMuchLater();
    }
    if (request.getRequestURI().contains("read")) {
      int first = request.getInputStream().read();
      assertThat(first).isEqualTo('{');
    }
    if (request.getRequestURI().contains("amid")) {
      lookMuchLater();
    }
    if (request.getRequestURI().contains("read")) {
      request.getInputStream().readAllBytes();
    }
    lookMuchLater();
    response.setContentLength(0);
  }

  private void lookMuchLater() {
    var slow = new ArrayDeque<Runnable>();
    protocol.slow(SETTINGS, System.nanoTime() + Duration.ofHours(1).toNanos(), slow);
    slow.forEach(Runnable::run);
  }

  @Test
  void connectionsAreNoMoreThanTheHeapBearsHeadsOf() {
    protocol.setMaxConnections(20_000);
    protocol.fit(1L << 30);
    assertThat(protocol.getMaxConnections()).isEqualTo(20_000);
    protocol.fit(512L << 20);
    assertThat(protocol.getMaxConnections()).isEqualTo(11_090);
    protocol.setMaxConnections(-1);
    protocol.fit(512L << 20);
    assertThat(protocol.getMaxConnections()).isEqualTo(11_090);
  }

  @Test
  void pageThatTakesLongKeepsItsConnection() throws IOException {
    for (String page : new String[] {"never", "read", "before-read", "before-read-amid"}) {
      try (RawClient client = new RawClient(port)) {
        for (int request = 0; request < 3; request++) {
          client.send(RawClient.head("/" + page, "Content-Length: 2") + "{}");
          assertThat(client.status()).as(page + ", request " + request).isEqualTo(200);
          client.skipHead();
        }
      }
    }
  }

  /** It is a packet behind its head, whoever is not let in. */
  @Test
  void bodyThatNobodyReadsCostsNoConnection() throws Exception {
    try (RawClient client = new RawClient(port)) {
      for (int request = 0; request < 90; request++) {
        client.send(RawClient.head("/done", "Content-Length: 2"));
        done.acquire();
        client.send("{}");
        assertThat(client.status()).as("request " + request).isEqualTo(200);
        client.skipHead();
      }
    }
  }

  @Test
  void clientThatIsWaitedForIsEnded() throws IOException {
    for (String request :
        new String[] {
          RawClient.head("/read", "Content-Length: 2000") + "{",
          RawClient.head("/read", "Transfer-Encoding: chunked") + "1\r\n{\r\n",
          "POST /read HTTP/1.1\r\nX-Slow: "
        }) {
      try (RawClient client = new RawClient(port)) {
        client.send(request);
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(client::status);
        await(request)
            .atMost(Duration.ofMinutes(3))
            .until(
                () -> {
                  lookMuchLater();
                  return status.isDone();
                });
        assertThat(status.join()).isNotEqualTo(200);
      }
    }
  }
}
