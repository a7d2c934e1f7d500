package io.crossfade.router.process;

import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Stage;
import java.util.Map;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Says what each stage holds of the budget. Always up: a router that has no room says so to each
 * device, and has some again by itself.
 */
final class BudgetHealth implements HealthIndicator {

  private final ByteBudget budget;

  BudgetHealth(ByteBudget budget) {
    this.budget = budget;
  }

  @Override
  public Health health() {
    Health.Builder health =
        Health.up().withDetail("used", budget.used()).withDetail("limit", budget.limit());
    for (Stage stage : Stage.values()) {
      health.withDetail(
          stage.label(),
          Map.of(
              "used", budget.used(stage),
              "most", budget.most(stage),
              "refused", budget.refused(stage)));
    }
    return health.build();
  }
}
