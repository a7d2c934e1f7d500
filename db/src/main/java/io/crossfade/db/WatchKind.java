package io.crossfade.db;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A kind whose records have a class of their own.
 *
 * @param <R> that class
 */
abstract class WatchKind<R extends AcceptedRecord> implements KindDefinition {

  private final Kind kind;
  private final RecordFormat<R> format;
  private final Class<R> type;
  private final String endpoint;
  private final StreamKeys streams;
  private final QueueFormula queue;
  private final List<OutputTable<?>> tables;

  WatchKind(
      Kind kind,
      RecordFormat<R> format,
      Class<R> type,
      String endpoint,
      StreamKeys streams,
      QueueFormula queue,
      List<OutputTable<?>> tables) {
    this.kind = kind;
    this.format = format;
    this.type = type;
    this.endpoint = endpoint;
    this.streams = streams;
    this.queue = queue;
    this.tables = tables;
  }

  abstract void rowsOf(R accepted, Rows rows);

  /** The id that a row's columns give its record, if it was of that moment. */
  abstract RecordId id(OutputTable<?> table, StoredRow stored, String device, RecordTime time);

  @Override
  public final Kind kind() {
    return kind;
  }

  @Override
  public final String endpoint() {
    return endpoint;
  }

  @Override
  public final StreamKeys streams() {
    return streams;
  }

  @Override
  public final QueueFormula queue() {
    return queue;
  }

  @Override
  public final List<OutputTable<?>> tables() {
    return tables;
  }

  @Override
  public final void rows(AcceptedRecord accepted, Rows rows) {
    rowsOf(type.cast(accepted), rows);
  }

  @Override
  public RowIdentity identity(OutputTable<?> table, StoredRow stored) {
    String device = text(table, stored, table.deviceColumn());
    return RowIdentity.at(
        time(table, stored),
        stored.id(),
        time -> {
          RecordId id = id(table, stored, device, time);
          return new RowIdentity(id, id, device);
        });
  }

  @Override
  public boolean urgent(AcceptedRecord accepted) {
    return false;
  }

  @Override
  public Optional<UrgentRows> urgentRows() {
    return Optional.empty();
  }

  /** Every watch has sent its device info. */
  @Override
  public final CohortRows cohortRows() {
    return new CohortRows(
        "device",
        "customer",
        OutputTables.DEVICE_STATE.name(),
        "serial_number",
        "customer_id",
        true);
  }

  @Override
  public final void write(JsonGenerator out, AcceptedRecord accepted) throws IOException {
    format.write(out, accepted);
  }

  @Override
  public final AcceptedRecord read(
      JsonParser in, Acceptance acceptance, String deviceSn, LocalDateTime timestamp)
      throws IOException {
    return format.read(in, acceptance, deviceSn, timestamp);
  }

  @Override
  public final long texts(AcceptedRecord accepted) {
    return format.texts(accepted);
  }

  @Override
  public final long documents(AcceptedRecord accepted) {
    return format.documents(accepted);
  }

  static LocalDateTime time(OutputTable<?> table, StoredRow stored) {
    return (LocalDateTime) Objects.requireNonNull(table.value(stored, "timestamp"), "timestamp");
  }

  static String text(OutputTable<?> table, StoredRow stored, String column) {
    return String.valueOf(table.value(stored, column));
  }
}
