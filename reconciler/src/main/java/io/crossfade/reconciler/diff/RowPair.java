package io.crossfade.reconciler.diff;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.RowIdentity;
import io.crossfade.db.StoredRow;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the two outputs have of one id, as typed values. At least one has it.
 *
 * @param legacy the legacy output's row, if it has one
 * @param stream the stream output's row, if it has one
 */
public record RowPair(
    OutputTable<?> table, @Nullable StoredRow legacy, @Nullable StoredRow stream) {

  static final String ROUTE_REASON = "route_reason";

  /** The column whose value makes a row urgent, in the tables that have it. */
  public RecordId id() {
    return any().id();
  }

  /** The one row there is, or the legacy one. */
  public StoredRow any() {
    return legacy != null ? legacy : Objects.requireNonNull(stream);
  }

  /** What a path's output has, if anything. */
  public @Nullable StoredRow of(DeliveryPath path) {
    return path == DeliveryPath.LEGACY ? legacy : stream;
  }

  /** Whether one of the rows went its path for that reason. */
  public boolean because(RouteReason reason) {
    return (legacy != null && legacy.reason() == reason)
        || (stream != null && stream.reason() == reason);
  }

  /** Acceptance stamp of the later row. */
  public long stamp() {
    return legacy != null && stream != null
        ? Math.max(legacy.stamp(), stream.stamp())
        : any().stamp();
  }

  /** Whether only one output has it. */
  boolean isAlone() {
    return legacy == null || stream == null;
  }

  /**
   * Of two states that different acceptances made, the one that stays where both meet; {@code null}
   * when one acceptance made both, or when the table holds no states.
   */
  @Nullable StoredRow newerState() {
    StoredRow left = legacy;
    StoredRow right = stream;
    if (left == null || right == null || !table.holdsStates()) {
      return null;
    }
    return table.staysBefore(left, right) ? left : table.staysBefore(right, left) ? right : null;
  }

  /** Whether some column of some row cannot be read. */
  boolean isUnreadable() {
    return !unreadable().isEmpty();
  }

  private Set<String> unreadable() {
    Set<String> columns = new LinkedHashSet<>();
    for (StoredRow row : Arrays.asList(legacy, stream)) {
      if (row != null) {
        row.unreadable().forEach(column -> columns.add(column.column()));
      }
    }
    return columns;
  }

  /**
   * How they differ; empty when they do not.
   *
   * @param urgentEvents types of events that are told apart
   */
  public Optional<Difference> difference(Set<String> urgentEvents) {
    Set<String> unreadable = unreadable();
    if (isAlone() ? !Set.of(ROUTE_REASON).containsAll(unreadable) : !unreadable.isEmpty()) {
      return Optional.of(
          difference(
              DifferenceClass.UNREADABLE,
              String.valueOf(table.value(any(), table.deviceColumn())),
              urgentEvents,
              named(unreadable)));
    }
    RowIdentity identity = RowIdentity.of(table, any());
    List<Difference.Field> fields = isAlone() ? named(unreadable) : fields();
    DifferenceClass kind;
    if (legacy != null && stream != null) {
      if (fields.isEmpty()) {
        return Optional.empty();
      }
      kind = DifferenceClass.FIELDS_DIFFER;
    } else if (!identity.row().equals(id())) {
      kind = DifferenceClass.REPEATED;
    } else {
      kind = stream == null ? DifferenceClass.MISSING_IN_STREAM : DifferenceClass.MISSING_IN_LEGACY;
    }
    return Optional.of(difference(kind, identity.deviceSn(), urgentEvents, fields));
  }

  private Difference difference(
      DifferenceClass kind,
      String deviceSn,
      Set<String> urgentEvents,
      List<Difference.Field> fields) {
    boolean urgent =
        table
            .urgentRows()
            .filter(
                rows ->
                    rows.values(urgentEvents)
                        .contains(String.valueOf(table.value(any(), rows.column()))))
            .isPresent();
    return new Difference(table.name(), id(), kind, deviceSn, servedBy(), urgent, stamp(), fields);
  }

  private List<Difference.Field> named(Set<String> columns) {
    return columns.stream()
        .map(column -> new Difference.Field(column, of(legacy, column), of(stream, column)))
        .toList();
  }

  /** What a row has in a column, also where it cannot be read. */
  private @Nullable String of(@Nullable StoredRow row, String column) {
    if (row == null) {
      return null;
    }
    for (StoredRow.Unreadable one : row.unreadable()) {
      if (one.column().equals(column)) {
        return one.text();
      }
    }
    return table.comparedColumns().contains(column)
        ? text(table.value(row, column))
        : String.valueOf(row.reason());
  }

  private DeliveryPath servedBy() {
    boolean byStream =
        (stream != null
                && (stream.reason() == RouteReason.FLAG || stream.reason() == RouteReason.OPT_IN))
            || (stream == null && because(RouteReason.MIRROR));
    return byStream ? DeliveryPath.STREAM : DeliveryPath.LEGACY;
  }

  private List<Difference.Field> fields() {
    List<Difference.Field> fields = new ArrayList<>();
    for (int i = 0; i < table.comparedColumns().size(); i++) {
      Object left = Objects.requireNonNull(legacy).values().get(i);
      Object right = Objects.requireNonNull(stream).values().get(i);
      if (!Objects.equals(left, right)) {
        fields.add(new Difference.Field(table.comparedColumns().get(i), text(left), text(right)));
      }
    }
    return fields;
  }

  /** A column's value as people read it; {@code null} is the database's NULL. */
  public static @Nullable String text(@Nullable Object value) {
    return value instanceof BigDecimal decimal
        ? decimal.toPlainString()
        : value == null ? null : value.toString();
  }
}
