package io.crossfade.router.flags;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.crossfade.db.AcceptedRecord;
import org.jspecify.annotations.Nullable;

/**
 * What the two flags of a kind say.
 *
 * @param cohort devices that the stream serves
 * @param dualWrite whether the other path gets a copy
 */
public record KindFlags(Cohort cohort, boolean dualWrite) {

  public static final KindFlags LEGACY = new KindFlags(Cohort.NOBODY, false);
  public static final KindFlags SHADOW = new KindFlags(Cohort.NOBODY, true);

  /**
   * What they say of a record of that kind.
   *
   * @param optIn whether the client asked for the stream
   */
  public Assignment assignment(AcceptedRecord accepted, boolean optIn) {
    return Assignment.of(
        optIn || cohort.contains(accepted.deviceSn(), accepted.owner().customerId()), dualWrite);
  }

  @JsonIgnore
  public Stage stage() {
    return Stage.of(cohort, dualWrite);
  }

  /** What these flags endanger, in a sentence; {@code null} when they are a stage. */
  @JsonIgnore
  public @Nullable String danger() {
    return stage() != Stage.NONE
        ? null
        : "The stream serves %s of the devices and nothing is written twice: each output lacks what the"
                .formatted(cohort)
            + " other has, the two cannot be compared, and a rollback leaves a hole in the legacy"
            + " output. Switch dual write on (canary) or roll back.";
  }

  @Override
  public String toString() {
    return switch (stage()) {
      case LEGACY, SHADOW, LIVE, COMPLETE -> stage().label();
      case CANARY -> "canary " + cohort;
      case NONE -> "no stage (" + cohort + ", no dual write)";
    };
  }
}
