package io.crossfade.router.gates;

import io.crossfade.db.Kind;
import io.crossfade.db.logging.OutageLog;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.router.RouterLoop;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.gates.CheckSettings.Check;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checks of one's own, each measured by a thread of its own, so that none waits for another one
 * and no request waits for any.
 */
public final class Checks implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Checks.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(1);

  /** One check and how it stands. */
  private static final class Measured {
    private final Check check;
    private final OutageLog outage;
    private volatile CheckReading reading;

    private Measured(Check check) {
      this.check = check;
      this.outage = new OutageLog(log, "Check %s has no number".formatted(check.name()));
      this.reading = CheckReading.unmeasured(CheckReading.Terms.of(check));
    }
  }

  private final List<Measured> checks;
  private final CheckClient client;
  private final Loops loops;
  private final List<SupervisedLoop> running = new ArrayList<>();

  public Checks(CheckSettings settings, InstantSource clock, MeterRegistry meters, Loops loops) {
    this.checks = settings.checks().stream().map(Measured::new).toList();
    this.client = new CheckClient(clock);
    this.loops = loops;
    for (Measured one : checks) {
      gauge(
          meters,
          RouterMeter.CHECK_VALUE,
          one,
          of -> of.last() == null ? Double.NaN : of.last().value().orElse(Double.NaN));
      gauge(
          meters,
          RouterMeter.CHECK_VERDICT,
          one,
          of -> of.judge(Instant.MIN, clock.instant()).verdict().ordinal());
    }
  }

  /** Begins to measure. */
  public void start() {
    for (Measured one : checks) {
      running.add(loops.start(RouterLoop.CHECK, one.check.name(), loop -> measure(one)));
    }
  }

  /** How the checks of a kind stand now, in the order of the settings. */
  public List<CheckReading> of(Kind kind) {
    return checks.stream()
        .filter(one -> one.check.kind() == null || kind.equals(one.check.kind()))
        .map(one -> one.reading)
        .toList();
  }

  @Override
  public void close() {
    running.forEach(SupervisedLoop::beginStop);
    client.close();
    running.forEach(loop -> loop.stop(STOP_PATIENCE));
  }

  private Next measure(Measured one) throws InterruptedException {
    Measurement next = client.ask(one.check);
    one.reading = one.reading.after(next);
    if (next.trouble() == null) {
      one.outage.worked();
    } else {
      one.outage.failed(next.trouble().toString());
    }
    return Next.after(one.check.every());
  }

  private static void gauge(
      MeterRegistry meters, RouterMeter meter, Measured one, ToDoubleFunction<CheckReading> of) {
    Gauge.builder(meter.id(), () -> of.applyAsDouble(one.reading))
        .description(meter.description())
        .tag("check", one.check.name())
        .register(meters);
  }
}
