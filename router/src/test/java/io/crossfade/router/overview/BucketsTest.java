package io.crossfade.router.overview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BucketsTest {

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Timer timer = Timer.builder("took").publishPercentileHistogram().register(meters);
  private final Timer other =
      Timer.builder("took").tag("of", "another").publishPercentileHistogram().register(meters);

  @Test
  void quantileIsOfWhatCameSince() {
    record(timer, 1_000, 1_000);
    Buckets before = Buckets.of(List.of(timer, other));
    assertThat(before.quantileSince(before, 0.5)).as("nothing came").isNull();
    record(timer, 90, 10);
    record(other, 10, 100);
    Buckets after = Buckets.of(List.of(timer, other));
    assertThat(after.quantileSince(before, 0.5)).isCloseTo(10, within(2.0));
    assertThat(after.quantileSince(before, 0.99)).isCloseTo(100, within(15.0));
  }

  @Test
  void nothingWasEverMeasured() {
    Buckets nothing = Buckets.of(List.of());
    assertThat(nothing.quantileSince(nothing, 0.99)).isNull();
  }

  private static void record(Timer timer, int times, long millis) {
    for (int i = 0; i < times; i++) {
      timer.record(millis, TimeUnit.MILLISECONDS);
    }
  }
}
