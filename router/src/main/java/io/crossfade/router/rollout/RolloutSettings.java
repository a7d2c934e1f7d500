package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.Stage;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotEmpty;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The rollout.
 *
 * @param initial stage of all kinds in a control schema that never had flags: legacy, shadow, live
 *     or complete
 * @param compareEvery how often the outputs are compared up to now
 * @param decideEvery how often the gates are looked at for automatic changes
 * @param automaticRollback kinds that go back by themselves when a guarding gate fails; {@code
 *     null} for all
 * @param rollbackTo where to: shadow, or one stage
 * @param plannedKinds kinds that follow the plan by themselves while all gates pass
 * @param plan percentages that a planned kind goes through, ascending
 * @param planSoak how long each of them lasts at least
 * @param directory where a router keeps the flags that it knew last and what waits to be stored, on
 *     a disk that outlives the process
 */
@Validated
@ConfigurationProperties("crossfade.rollout")
public record RolloutSettings(
    @DefaultValue("legacy") Stage initial,
    @DefaultValue("1m") @DurationMin(millis = 100) Duration compareEvery,
    @DefaultValue("10s") @DurationMin(millis = 100) Duration decideEvery,
    @Nullable Set<Kind> automaticRollback,
    @DefaultValue("shadow") Depth rollbackTo,
    @DefaultValue Set<Kind> plannedKinds,
    @DefaultValue({"10", "30", "50", "100"}) @NotEmpty
        List<@DecimalMin("0.01") @DecimalMax("100") BigDecimal> plan,
    @DefaultValue("7d") @DurationMin(millis = 0) Duration planSoak,
    @DefaultValue("data/flags") Path directory) {

  public RolloutSettings {
    automaticRollback = automaticRollback == null ? Kind.all() : Set.copyOf(automaticRollback);
  }

  /** How far an automatic rollback goes. */
  public enum Depth {
    SHADOW,
    ONE_STAGE
  }

  @Override
  public Set<Kind> automaticRollback() {
    return Objects.requireNonNull(automaticRollback);
  }

  @AssertTrue(message = "must be legacy, shadow, live or complete")
  boolean isInitialAStageForAll() {
    return initial != Stage.CANARY && initial != Stage.NONE;
  }

  /** The flags of a system that never had any. */
  public KindFlags initialFlags() {
    return new KindFlags(
        initial.isPast(Stage.CANARY) ? Cohort.EVERYBODY : Cohort.NOBODY,
        initial == Stage.SHADOW || initial == Stage.LIVE);
  }
}
