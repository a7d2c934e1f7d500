package io.crossfade.router.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class ReportIT {

  /** Due all the time: the first report is of yesterday, and there is no second one. */
  @Test
  void nightIsReportedByItselfAndReadAtTheApi() {
    try (ConfigurableApplicationContext router =
        TestRouterApplication.start(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.reconciler.nightly.cron=* * * * * *"))) {
      Http http = Http.of(router);
      await().atMost(Duration.ofMinutes(3)).until(() -> !http.get("/api/reports").json().isEmpty());
      JsonNode report = http.as("viewer").get("/api/reports").json().path(0);
      assertThat(report.path("verdict").asText()).isEqualTo("INCONCLUSIVE");
      String path = "/api/reports/" + report.path("id").asText();
      Http.Answer html = http.get(path + "/report.html");
      assertThat(html.status()).isEqualTo(200);
      assertThat(html.raw().body()).contains("May we advance?", "consistency", "urgent events");
      assertThat(html.raw().headers().firstValue("Content-Security-Policy").orElse(""))
          .contains("default-src 'none'");
      Http.Answer json = http.get(path + "/report.json");
      assertThat(json.json().at("/advice")).hasSize(3);
      assertThat(json.json().at("/advice/0/next").asText()).isEqualTo("canary 10 %");
      Http.Answer csv = http.get(path + "/differences.csv");
      assertThat(csv.raw().body()).startsWith("table,id,class,");
      assertThat(csv.raw().headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");

      assertThat(http.as(null).get(path + "/report.html").status()).isEqualTo(401);
      assertThat(http.get("/api/reports/999/report.html").json().path("type").asText())
          .isEqualTo("urn:crossfade:problem:not-found");
      assertThat(http.get("/api/reports/x/report.html").json().path("type").asText())
          .isEqualTo("urn:crossfade:problem:unreadable");
      assertThat(http.get("/api/reports").json()).as("one night, one report").hasSize(1);
    }
  }
}
