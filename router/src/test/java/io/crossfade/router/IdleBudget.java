package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Stage;
import java.time.Duration;
import org.springframework.context.ConfigurableApplicationContext;

/** Whatever was done to a router, once it is quiet no byte of its budget stays taken. */
public final class IdleBudget {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private IdleBudget() {}

  /**
   * Waits until every stage has given back what it took; then closes the router, if it is not
   * closed yet.
   */
  public static void closeOnceIdle(ConfigurableApplicationContext router) {
    try {
      if (router.isActive()) {
        awaitIdle(router.getBean(ByteBudget.class));
      }
    } finally {
      router.close();
    }
  }

  static void awaitIdle(ByteBudget budget) {
    await("nothing is held")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              for (Stage stage : Stage.values()) {
                assertThat(budget.used(stage)).as(stage.label()).isZero();
              }
              assertThat(budget.used()).isZero();
            });
  }
}
