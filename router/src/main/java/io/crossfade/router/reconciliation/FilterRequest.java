package io.crossfade.router.reconciliation;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.crossfade.reconciler.DifferenceFilter;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.router.operator.Choice;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.BindParam;

/**
 * Which differences somebody asks for: parameters of a list, and the body of a repair, under the
 * same names.
 *
 * @param difference the class
 * @param reason the explanation
 * @param unknown what a body has beside
 */
public record FilterRequest(
    @Nullable String kind,
    @BindParam("class") @JsonProperty("class") @Nullable String difference,
    @Nullable String column,
    @Nullable Boolean explained,
    @Nullable String reason,
    @Nullable Boolean urgent,
    @Nullable Boolean repaired,
    @Nullable String device,
    @Nullable Instant from,
    @Nullable Instant to,
    @JsonAnySetter @Nullable Map<String, Object> unknown) {

  /** Asks for everything. */
  public static final FilterRequest NOTHING =
      new FilterRequest(null, null, null, null, null, null, null, null, null, null, null);

  /** As a form has it, where a field that is left empty asks for nothing. */
  public DifferenceFilter ofForm() throws RefusedException {
    return new DifferenceFilter(
        Choice.kind(filled(kind)),
        Choice.of(DifferenceClass.class, filled(difference)),
        filled(column),
        explained,
        Choice.of(Explanation.class, filled(reason)),
        urgent,
        repaired,
        filled(device),
        moment("from", from),
        moment("to", to));
  }

  /**
   * As a body has it. What is empty or not known is refused: a program that lost a value would
   * repair more than it means.
   */
  DifferenceFilter ofBody() throws RefusedException {
    if (unknown != null && !unknown.isEmpty()) {
      throw new RefusedException(
          Refusal.UNREADABLE, "A filter has no %s".formatted(String.join(", ", unknown.keySet())));
    }
    if (Stream.of(texts()).anyMatch(text -> text != null && text.isBlank())) {
      throw new RefusedException(
          Refusal.UNREADABLE, "A field of the filter is empty: leave it out, or say what it is");
    }
    return ofForm();
  }

  /** The same without the fields that a form left empty. */
  public FilterRequest filled() {
    return new FilterRequest(
        filled(kind),
        filled(difference),
        filled(column),
        explained,
        filled(reason),
        urgent,
        repaired,
        filled(device),
        from,
        to,
        null);
  }

  /** Whether it asks for everything. */
  public boolean anything() {
    return equals(NOTHING);
  }

  private @Nullable String[] texts() {
    return new @Nullable String[] {kind, difference, column, reason, device};
  }

  private static @Nullable String filled(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  private static @Nullable Instant moment(String name, @Nullable Instant given)
      throws RefusedException {
    return given == null ? null : Choice.moment(name, given);
  }
}
