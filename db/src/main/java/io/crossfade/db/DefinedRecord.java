package io.crossfade.db;

import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of a kind that a file defines.
 *
 * @param deviceSn what its cohort field holds, as text
 * @param timestamp what its time field holds, or when it was accepted, UTC
 * @param owner its tenant as the customer
 * @param values of the kind's fields, in their order
 * @param rows of each table that has any number of rows of a record, in the order of the tables:
 *     the values of the row's own fields, in their order
 */
public record DefinedRecord(
    Kind kind,
    Acceptance acceptance,
    String deviceSn,
    LocalDateTime timestamp,
    Owner owner,
    List<@Nullable Object> values,
    List<List<List<@Nullable Object>>> rows)
    implements AcceptedRecord {

  /** Values in a list that nobody changes; unset ones are null. */
  public static List<@Nullable Object> values(@Nullable Object[] values) {
    return Collections.unmodifiableList(Arrays.asList(values));
  }

  @Override
  public DefinedRecord because(RouteReason reason) {
    return new DefinedRecord(
        kind, acceptance.because(reason), deviceSn, timestamp, owner, values, rows);
  }
}
