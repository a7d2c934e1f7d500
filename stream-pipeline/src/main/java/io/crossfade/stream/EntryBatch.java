package io.crossfade.stream;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.ForeignEntry;
import io.crossfade.db.Output;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RouteReason;
import io.crossfade.db.control.DeadLetters.BodyFormat;
import io.lettuce.core.StreamMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Entries of one stream that were read together, decoded and ready to be written.
 *
 * @param ids of all entries that were kept, in the order of the stream
 * @param entries those that hold a record
 * @param unreadable those that do not
 * @param newer those that a process with a newer definition of their kind can read: they stay
 *     pending, and whoever claims them next tries
 * @param leftOut ids of those that did not fit into one reply; they are pending all the same
 * @param batch the records of the entries, and those of other partitions that were read with them:
 *     they are written together
 */
record EntryBatch(
    StreamName stream,
    List<String> ids,
    List<Entry> entries,
    List<Unreadable> unreadable,
    List<Unreadable> newer,
    List<String> leftOut,
    Output.Batch batch) {

  private static final Output.Batch NO_ROWS = Output.prepare(List.of());

  /** An entry and the record that it holds. */
  record Entry(String id, AcceptedRecord accepted) {}

  /** An entry that no release wrote, and why it cannot be read. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Unreadable(String id, BodyFormat format, byte[] bytes, String reason) {}

  /**
   * Decodes what one read brought.
   *
   * @param keys of the streams that were read
   * @return a batch for each stream that has entries, in the order of the streams
   */
  static List<EntryBatch> of(
      List<StreamName> streams,
      Function<StreamName, String> keys,
      List<StreamMessage<byte[], byte[]>> messages) {
    Map<String, StreamName> byKey = new HashMap<>();
    streams.forEach(stream -> byKey.put(keys.apply(stream), stream));
    Map<StreamName, List<StreamMessage<byte[], byte[]>>> found = new TreeMap<>();
    byte[] key = {};
    List<StreamMessage<byte[], byte[]>> own = List.of();
    for (StreamMessage<byte[], byte[]> message : messages) {
      if (own.isEmpty() || !Arrays.equals(message.getStream(), key)) {
        key = message.getStream();
        String name = new String(key, StandardCharsets.UTF_8);
        StreamName stream = Objects.requireNonNull(byKey.get(name), name);
        own = found.computeIfAbsent(stream, first -> new ArrayList<>());
      }
      own.add(message);
    }
    List<EntryBatch> batches = new ArrayList<>();
    found.forEach((stream, of) -> batches.add(of(stream, of)));
    return together(batches);
  }

  /** Urgent ones among themselves and others among themselves share their rows. */
  private static List<EntryBatch> together(List<EntryBatch> batches) {
    Map<Boolean, List<AcceptedRecord>> records = new HashMap<>();
    for (EntryBatch batch : batches) {
      List<AcceptedRecord> of =
          records.computeIfAbsent(batch.stream.urgent(), first -> new ArrayList<>());
      batch.entries.forEach(entry -> of.add(entry.accepted()));
    }
    Map<Boolean, Output.Batch> rows = new HashMap<>();
    records.forEach((urgent, of) -> rows.put(urgent, Output.prepare(of)));
    return batches.stream()
        .map(batch -> batch.with(Objects.requireNonNull(rows.get(batch.stream.urgent()))))
        .toList();
  }

  private EntryBatch with(Output.Batch rows) {
    return new EntryBatch(stream, ids, entries, unreadable, newer, leftOut, rows);
  }

  private static EntryBatch of(StreamName stream, List<StreamMessage<byte[], byte[]>> messages) {
    List<String> ids = new ArrayList<>(messages.size());
    List<Entry> entries = new ArrayList<>(messages.size());
    List<Unreadable> unreadable = new ArrayList<>();
    List<Unreadable> newer = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (StreamMessage<byte[], byte[]> message : messages) {
      String id = message.getId();
      Map<byte[], byte @Nullable []> body = Objects.requireNonNullElse(message.getBody(), Map.of());
      if (body.containsValue(ReplyBound.LEFT_OUT)) {
        leftOut.add(id);
        continue;
      }
      byte[] ours = ours(body);
      if (ours == null) {
        ids.add(id);
        unreadable.add(
            new Unreadable(
                id, BodyFormat.JSON, foreign(body), "No entry of Crossfade: it has no field r"));
        continue;
      }
      try {
        entries.add(new Entry(id, RecordCodec.decode(ours)));
        ids.add(id);
      } catch (RecordCodec.UnreadableEntryException e) {
        var entry = new Unreadable(id, BodyFormat.ENTRY, ours, String.valueOf(e.getMessage()));
        if (e.isNewer()) {
          newer.add(entry);
        } else {
          unreadable.add(entry);
          ids.add(id);
        }
      }
    }
    return new EntryBatch(stream, ids, entries, unreadable, newer, leftOut, NO_ROWS);
  }

  /** The entry that holds this very record. */
  Optional<String> id(AcceptedRecord accepted) {
    return entries.stream()
        .filter(entry -> entry.accepted() == accepted)
        .map(Entry::id)
        .findFirst();
  }

  /** Entries that the consumer was given, those that were left out included. */
  int given() {
    return size() + newer.size() + leftOut.size();
  }

  int size() {
    return ids.size();
  }

  /** Whether the stream serves any of the records: the others are copies. */
  boolean served() {
    return entries.stream()
        .anyMatch(entry -> entry.accepted().acceptance().reason() != RouteReason.MIRROR);
  }

  /** Found by its name, wherever it stands: somebody may have put a field of his own before it. */
  private static byte @Nullable [] ours(Map<byte[], byte @Nullable []> body) {
    for (Map.Entry<byte[], byte @Nullable []> field : body.entrySet()) {
      if (Arrays.equals(field.getKey(), AppendConnection.FIELD)) {
        return field.getValue();
      }
    }
    return null;
  }

  private static byte[] foreign(Map<byte[], byte @Nullable []> body) {
    return ForeignEntry.json(
        body.entrySet().stream()
            .map(
                field ->
                    new ForeignEntry.Field(
                        field.getKey(),
                        Objects.requireNonNullElse(field.getValue(), ReplyBound.LEFT_OUT)))
            .toList());
  }
}
