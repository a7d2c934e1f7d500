package io.crossfade.router.operator;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.ConfigurableApplicationContext;

/** The console as a browser without scripts sees it: cookies, forms, and their tokens. */
public final class ConsoleClient implements AutoCloseable {

  private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  private final URI base;
  private final CookieManager cookies = new CookieManager();
  private final HttpClient client;

  public ConsoleClient(URI base) throws IOException {
    this(base, "127.0.0.1");
  }

  /** To the port that a router of this JVM took. */
  public static ConsoleClient of(ConfigurableApplicationContext router) throws IOException {
    return new ConsoleClient(
        URI.create("http://127.0.0.1:" + router.getEnvironment().getProperty("local.server.port")));
  }

  ConsoleClient(URI base, String from) throws IOException {
    this.base = base;
    this.client =
        HttpClient.newBuilder()
            .cookieHandler(cookies)
            .localAddress(InetAddress.getByName(from))
            .build();
  }

  /** Logs in; whether that worked is for the caller to see. */
  public int logIn(String user) throws IOException, InterruptedException {
    return logIn(user, "rehearsal");
  }

  int logIn(String user, String password) throws IOException, InterruptedException {
    return logIn("/console/login", user, password);
  }

  /**
   * @param path of the login, as somebody may write it
   */
  int logIn(String path, String user, String password) throws IOException, InterruptedException {
    return form(path, login(user, password)).statusCode();
  }

  /** Where a login leads that names a page. */
  String landing(String page) throws IOException, InterruptedException {
    return form("/console/login", login("operator", "rehearsal") + "&to=" + page)
        .headers()
        .firstValue("Location")
        .orElse("");
  }

  private String login(String user, String password) throws IOException, InterruptedException {
    return "username=%s&password=%s&_csrf=%s"
        .formatted(
            user, URLEncoder.encode(password, StandardCharsets.UTF_8), token("/console/login"));
  }

  /** Status of a page; redirections are not followed. */
  public int get(String path, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).GET();
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  /** A page as it is shown. */
  public String page(String path) throws IOException, InterruptedException {
    HttpResponse<String> page = client.send(request(path).GET().build(), BodyHandlers.ofString());
    if (page.statusCode() != 200) {
      throw new IllegalStateException("%s: %d".formatted(path, page.statusCode()));
    }
    return page.body();
  }

  /** Status of a live connection, which stays open. */
  int watch() throws IOException, InterruptedException {
    return client
        .send(request("/console/live").GET().build(), BodyHandlers.ofInputStream())
        .statusCode();
  }

  HttpHeaders headers(String path) throws IOException, InterruptedException {
    return client.send(request(path).GET().build(), BodyHandlers.discarding()).headers();
  }

  /**
   * Status of an action without fields.
   *
   * @param withToken whether the session's token comes along
   */
  int post(String path, boolean withToken, String... headers)
      throws IOException, InterruptedException {
    return form(path, withToken ? "_csrf=" + token("/console/login") : "", headers).statusCode();
  }

  /**
   * Status of an action.
   *
   * @param fields encoded, without the token
   */
  public int submit(String path, String fields) throws IOException, InterruptedException {
    return form(path, fields + "&_csrf=" + token("/console/login")).statusCode();
  }

  /**
   * Sends a form as a browser does, and sees the page that it leads to.
   *
   * @param fields as they are sent, without the token
   */
  public Landing follow(String path, String fields) throws IOException, InterruptedException {
    String address =
        form(path, fields + "&_csrf=" + token("/console/login"))
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> new IllegalStateException(path + " leads nowhere"));
    return new Landing(address, page(address));
  }

  /**
   * Where a form led.
   *
   * @param page what is shown there
   */
  public record Landing(String address, String page) {}

  /** The value of the session's cookie. */
  String session() {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> "CROSSFADE".equals(cookie.getName()))
        .map(HttpCookie::getValue)
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }

  private HttpResponse<Void> form(String path, String fields, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(fields));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.discarding());
  }

  /** Any form has it. */
  private String token(String path) throws IOException, InterruptedException {
    HttpResponse<String> page = client.send(request(path).GET().build(), BodyHandlers.ofString());
    Matcher token = TOKEN.matcher(page.body());
    if (!token.find()) {
      throw new IllegalStateException(path + " has no token");
    }
    return URLEncoder.encode(token.group(1), StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofMinutes(2));
  }
}
