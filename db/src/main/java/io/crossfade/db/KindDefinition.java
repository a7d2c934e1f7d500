package io.crossfade.db;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

/** What makes a kind: what its records hold, where they are kept and how they are told apart. */
public interface KindDefinition {

  Kind kind();

  /** Path to which devices upload, for example {@code /upload_orders}. */
  String endpoint();

  /** Its streams, without the prefix of the settings. */
  StreamKeys streams();

  /** How the memory queue takes its records. */
  QueueFormula queue();

  /** The tables that its records are written to, the one with a row per record first. */
  List<OutputTable<?>> tables();

  /** Takes rows of a record. */
  interface Rows {
    <R> void add(OutputTable<R> table, R row);
  }

  /** The rows of a record, of {@link #tables}. */
  void rows(AcceptedRecord accepted, Rows rows);

  /** What a row's columns say of its identity. */
  RowIdentity identity(OutputTable<?> table, StoredRow stored);

  /** Whether a record goes ahead of others. */
  boolean urgent(AcceptedRecord accepted);

  /** Where its tables say which rows are urgent; empty when none ever is. */
  Optional<UrgentRows> urgentRows();

  /** Whom a percentage selects, and which table knows them. */
  CohortRows cohortRows();

  /** Appends what a record holds beside what every one has, as an entry has it. */
  void write(JsonGenerator out, AcceptedRecord accepted) throws IOException;

  /**
   * Reads what {@link #write} wrote, in this or any earlier version.
   *
   * @throws IOException when it is no such thing, as do {@code RuntimeException}s
   */
  AcceptedRecord read(
      JsonParser in, Acceptance acceptance, String deviceSn, LocalDateTime timestamp)
      throws IOException;

  /** What a record's texts take of the heap, bytes, those of {@link #documents} aside. */
  long texts(AcceptedRecord accepted);

  /** What the texts that become rows of their own take, bytes. */
  long documents(AcceptedRecord accepted);

  /** A record as one might come, for proofs and for the rehearsal. */
  AcceptedRecord sample(SampleRecords samples, String deviceSn, LocalDateTime time);
}
