package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.Kind;
import io.crossfade.router.routing.Assignment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.togglz.core.Feature;
import org.togglz.core.manager.FeatureManager;
import org.togglz.core.manager.FeatureManagerBuilder;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.repository.StateRepository;
import org.togglz.core.repository.mem.InMemoryStateRepository;
import org.togglz.core.user.NoOpUserProvider;

class RolloutFlagsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A real repository whose database goes away. */
  private static final class FailingRepository implements StateRepository {

    private final StateRepository states = new InMemoryStateRepository();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean away;

    @Override
    public FeatureState getFeatureState(Feature feature) {
      if (away) {
        refused.incrementAndGet();
        throw new IllegalStateException("the database is away");
      }
      return states.getFeatureState(feature);
    }

    @Override
    public void setFeatureState(FeatureState state) {
      states.setFeatureState(state);
    }
  }

  private final FailingRepository repository = new FailingRepository();
  private final FeatureManager features =
      new FeatureManagerBuilder()
          .featureEnum(RolloutFeature.class)
          .stateRepository(repository)
          .userProvider(new NoOpUserProvider())
          .build();

  @Test
  void flipIsSeenWithoutARestart() {
    try (RolloutFlags flags = new RolloutFlags(features)) {
      assertThat(flags.assignment(Kind.HEALTH, false)).isEqualTo(Assignment.LEGACY_ONLY);
      set(RolloutFeature.HEALTH_DUAL_WRITE, true);
      await()
          .atMost(PATIENCE)
          .until(() -> flags.assignment(Kind.HEALTH, false) == Assignment.LEGACY_MIRRORED);
      set(RolloutFeature.HEALTH_STREAM, true);
      await()
          .atMost(PATIENCE)
          .until(() -> flags.assignment(Kind.HEALTH, false) == Assignment.STREAM_MIRRORED);
      assertThat(flags.assignment(Kind.DEVICE, false)).isEqualTo(Assignment.LEGACY_ONLY);
      assertThat(flags.assignment(Kind.DEVICE, true)).isEqualTo(Assignment.STREAM_ONLY);
    }
  }

  /** Invariant 7: reading a flag never fails a request. */
  @Test
  void lastKnownStateCountsWhileTheFlagsCannotBeRead() {
    set(RolloutFeature.EVENT_STREAM, true);
    try (RolloutFlags flags = new RolloutFlags(features)) {
      repository.away = true;
      int before = repository.refused.get();
      await().atMost(PATIENCE).until(() -> repository.refused.get() > before + 1);
      assertThat(flags.assignment(Kind.EVENT, false)).isEqualTo(Assignment.STREAM_ONLY);
      repository.away = false;
      set(RolloutFeature.EVENT_STREAM, false);
      await()
          .atMost(PATIENCE)
          .until(() -> flags.assignment(Kind.EVENT, false) == Assignment.LEGACY_ONLY);
    }
  }

  private void set(RolloutFeature feature, boolean enabled) {
    repository.setFeatureState(new FeatureState(feature, enabled));
  }
}
