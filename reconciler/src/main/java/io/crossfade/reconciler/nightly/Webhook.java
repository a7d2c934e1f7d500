package io.crossfade.reconciler.nightly;

import io.crossfade.reconciler.nightly.NightlySettings.On;
import io.crossfade.reconciler.verdict.Verdict;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a chat robot, or whatever takes JSON, what a night found. */
final class Webhook {

  private static final Logger log = LoggerFactory.getLogger(Webhook.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 4;
  private static final long FIRST_PAUSE_MS = 500;

  private final NightlySettings.Webhook settings;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  Webhook(NightlySettings.Webhook settings) {
    this.settings = settings;
  }

  /** Tells, if it is to be told; says whether somebody heard. A report does not depend on it. */
  boolean tell(NightlyReport report) throws InterruptedException {
    URI url = settings.url();
    if (url == null || (settings.on() == On.FAIL && report.verdict() != Verdict.FAIL)) {
      return false;
    }
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(
                BodyPublishers.ofString(
                    WebhookMessage.fill(
                        settings.template(), WebhookMessage.values(report, settings.link()))))
            .build();
    String problem = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) {
        TimeUnit.MILLISECONDS.sleep(FIRST_PAUSE_MS << (attempt - 1));
      }
      try {
        int status = client.send(request, BodyHandlers.discarding()).statusCode();
        if (status / 100 == 2) {
          return true;
        }
        problem = "status " + status;
      } catch (IOException e) {
        problem = e.getClass().getSimpleName();
      }
    }
    log.warn("{} did not take the report of {}: {}", url.getHost(), report.day(), problem);
    return false;
  }
}
