package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.DeviceCohortStrategy;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants of the rollout.
 *
 * @param kinds one, or all as one action
 * @param stage where to
 * @param percentage of a canary; {@code null} to leave it
 * @param allowDevices devices that a canary has besides; {@code null} to leave them, as below
 * @param denyDevices devices that it never has
 * @param allowCustomers customers whose devices it has besides
 * @param denyCustomers customers whose devices it never has
 * @param reason why, for the history
 * @param version of the flags that the decision was made on
 * @param force whether a refusal is overruled, on record
 */
public record StageChange(
    Set<Kind> kinds,
    Stage stage,
    @Nullable BigDecimal percentage,
    @Nullable Set<String> allowDevices,
    @Nullable Set<String> denyDevices,
    @Nullable Set<Long> allowCustomers,
    @Nullable Set<Long> denyCustomers,
    String reason,
    @Nullable String ticket,
    long version,
    boolean force) {

  /** A change without exceptions for single devices or customers. */
  static StageChange to(
      Kind kind, Stage stage, @Nullable BigDecimal percentage, String reason, long version) {
    return new StageChange(
        Set.of(kind), stage, percentage, null, null, null, null, reason, null, version, false);
  }

  /** Fields of a request that leads to these flags. */
  static Map<String, Object> fields(Kind kind, KindFlags flags) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kind", kind.label());
    fields.put("stage", flags.stage().label());
    if (flags.stage() == Stage.CANARY) {
      fields.put("percentage", flags.cohort().percentage());
      fields.put("allowDevices", flags.cohort().allowDevices());
      fields.put("denyDevices", flags.cohort().denyDevices());
      fields.put("allowCustomers", flags.cohort().allowCustomers());
      fields.put("denyCustomers", flags.cohort().denyCustomers());
    }
    return fields;
  }

  /**
   * The flags that are wanted; the opt-in stays as it is, and has a change of its own.
   *
   * @throws RefusedException when they are not of the wanted stage
   */
  KindFlags from(KindFlags before) throws RefusedException {
    KindFlags wanted =
        switch (stage) {
          case LEGACY -> KindFlags.LEGACY;
          case SHADOW -> KindFlags.SHADOW;
          case CANARY -> new KindFlags(canary(before.cohort()), true);
          case LIVE -> new KindFlags(Cohort.EVERYBODY, true);
          case COMPLETE -> new KindFlags(Cohort.EVERYBODY, false);
          case NONE ->
              throw new RefusedException(
                  Refusal.UNKNOWN_STAGE,
                  "none is no stage to go to; stages are legacy, shadow, canary, live, complete");
        };
    KindFlags after = wanted.withOptIn(before.optIn());
    if (after.stage() != stage) {
      throw new RefusedException(
          Refusal.PERCENTAGE_OUT_OF_RANGE,
          "A canary takes 0.01 to 99.99 percent, or names devices or customers; this would be "
              + after);
    }
    return after;
  }

  private Cohort canary(Cohort before) throws RefusedException {
    try {
      return new Cohort(
          percentage == null ? before.basisPoints() : DeviceCohortStrategy.basisPoints(percentage),
          allowDevices == null ? before.allowDevices() : allowDevices,
          denyDevices == null ? before.denyDevices() : denyDevices,
          allowCustomers == null ? before.allowCustomers() : allowCustomers,
          denyCustomers == null ? before.denyCustomers() : denyCustomers);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          Refusal.PERCENTAGE_OUT_OF_RANGE,
          "%s; a canary takes 0.01 to 99.99 in steps of 0.01".formatted(e.getMessage()));
    }
  }
}
