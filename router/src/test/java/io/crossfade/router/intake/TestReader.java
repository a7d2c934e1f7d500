package io.crossfade.router.intake;

import io.crossfade.db.budget.BudgetSettings;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.router.RouterSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Set;
import org.springframework.util.unit.DataSize;

/** A reader whose clock stands still. */
final class TestReader {

  static final Instant NOW = Instant.parse("2025-09-14T00:30:15.750Z");

  /** The same moment as devices would say it, whole seconds. */
  static final LocalDateTime NOW_LOCAL = LocalDateTime.of(2025, 9, 14, 8, 30, 15);

  static final int MOST_ITEMS = 100;

  static final BudgetSettings LIMITS =
      new BudgetSettings(
          0.35,
          DataSize.ofKilobytes(64),
          DataSize.ofKilobytes(256),
          Duration.ofSeconds(10),
          DataSize.ofKilobytes(2),
          Duration.ofMinutes(2));

  private TestReader() {}

  static UploadReader create() {
    return create(NOW, 7, MOST_ITEMS);
  }

  /**
   * @param node in its stamps
   */
  static UploadReader create(Instant now, int node, int mostItems) {
    InstantSource clock = InstantSource.fixed(now);
    RouterSettings settings =
        new RouterSettings(
            true,
            ZoneId.of("Asia/Shanghai"),
            Set.of("SOS_EVENT"),
            DataSize.ofMegabytes(2),
            32,
            mostItems,
            Set.of(),
            Duration.ofDays(1),
            Duration.ZERO);
    Stamper stamper = new Stamper(clock);
    stamper.node(node);
    return new UploadReader(settings, LIMITS, ByteBudget.unlimited(), stamper, clock);
  }
}
